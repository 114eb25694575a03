// SPDX-License-Identifier: Apache-2.0
#include "package/release.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "crypto/base64.hpp"
#include "os/file.hpp"
#include "package/deb822.hpp"

namespace ingot::package {
namespace {

constexpr std::uint64_t release_limit = 16U << 20;
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::string& word : split(text, ' '))
    if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

/// Radix-64 text of one armoured block, without header lines and checksum.
std::string armoured_text(std::string_view text, std::size_t& position) {
  constexpr std::string_view begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
  constexpr std::string_view end = "-----END PGP PUBLIC KEY BLOCK-----";
  const auto start = text.find(begin, position);
  if (start == std::string_view::npos) return {};
  const auto stop = text.find(end, start);
  if (stop == std::string_view::npos) return {};
  position = stop + end.size();
  std::string radix;
  bool in_body = false;
  for (const std::string& line : split(text.substr(start, stop - start), '\n')) {
    const std::string_view content = trimmed(line);
    if (!in_body) {
      in_body = content.empty();
      continue;
    }
    if (content.starts_with('=')) break;
    radix += content;
  }
  return radix;
}

}  // namespace

std::int64_t parse_date(std::string_view text) {
  const auto refuse = [&] {
    return Error(Fault::input, format("'{}' is no date of a Release file", text));
  };
  const std::vector<std::string> words = words_of(text);
  if (words.size() != 6) throw refuse();
  const bool universal = words[5] == "UTC" || words[5] == "GMT" || words[5] == "+0000";
  const auto day = number_of<unsigned>(words[1]);
  const auto month = std::find(months.begin(), months.end(), words[2]);
  const auto year = number_of<int>(words[3]);
  const std::vector<std::string> time = split(words[4], ':');
  if (!universal || !day || month == months.end() || !year || time.size() != 3) throw refuse();
  const auto hour = number_of<int>(time[0]);
  const auto minute = number_of<int>(time[1]);
  const auto second = number_of<int>(time[2]);
  const std::chrono::year_month_day date(
      std::chrono::year(*year),
      std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
      std::chrono::day(*day));
  if (!date.ok() || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60 ||
      *hour < 0 || *minute < 0 || *second < 0)
    throw refuse();
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return std::chrono::seconds(days).count() + *hour * 3600 + *minute * 60 + *second;
}

Release parse_release(std::string_view text, const std::string& name) {
  StanzaReader reader = StanzaReader::of_text(std::string(text), name);
  const auto stanza = reader.next();
  if (!stanza) throw Error(Fault::input, format("{}: the Release file is empty", name));
  Release release;
  release.date = parse_date(stanza->get("Date"));
  if (const auto until = stanza->find("Valid-Until")) release.valid_until = parse_date(*until);
  for (const char* field : {"Suite", "Codename"})
    if (const auto value = stanza->find(field)) release.names.emplace_back(*value);
  for (const std::string& line : split(stanza->get("SHA256"), '\n')) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    const auto size = words.size() == 3 ? number_of<std::uint64_t>(words[1]) : std::nullopt;
    if (!size)
      throw Error(Fault::input, format("{}: '{}' is no line of a Release file", name, line));
    release.files[words[2]] = {Sha256::from_hex(words[0]), Bytes{*size}};
  }
  return release;
}

SignatureStatus parse_status(std::string_view lines) {
  SignatureStatus status;
  bool good = false;  // VALIDSIG also follows EXPKEYSIG and REVKEYSIG, which do not count
  for (const std::string& line : split(lines, '\n')) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() < 2 || words[0] != "[GNUPG:]") continue;
    const std::string& kind = words[1];
    if (kind == "NEWSIG") good = false;
    if (kind == "GOODSIG") good = true;
    if (kind == "BADSIG") status.bad = true;
    if (kind == "NO_PUBKEY" && words.size() > 2) status.unknown.push_back(upper(words[2]));
    if (kind != "VALIDSIG" || !good || words.size() < 3) continue;
    status.good.push_back(upper(words[2]));
    if (words.size() > 11) status.good.push_back(upper(words[11]));
    good = false;
  }
  return status;
}

std::string binary_keyring(const std::filesystem::path& path) {
  std::string content = os::read_file(path, 16U << 20);
  if (content.find("-----BEGIN PGP") == std::string::npos) return content;
  std::string keys;
  std::size_t position = 0;
  for (;;) {
    const std::string radix = armoured_text(content, position);
    if (radix.empty()) break;
    const auto bytes = crypto::bytes_of_base64(radix);
    if (!bytes)
      throw Error(Fault::input,
                  format("{} is no keyring: its ASCII armour is damaged", path.string()));
    keys.append(bytes->begin(), bytes->end());
  }
  if (keys.empty())
    throw Error(Fault::input, format("{} holds no OpenPGP public key", path.string()));
  return keys;
}

namespace {

std::string gpgv_status(const os::Runner& runner, const Repository& repository,
                        const std::filesystem::path& inrelease,
                        const std::filesystem::path& scratch, const std::filesystem::path& text) {
  const std::filesystem::path keyring = scratch / "keyring.gpg";
  os::write_file(keyring, binary_keyring(repository.keyring));
  std::error_code ignored;
  std::filesystem::remove(text, ignored);
  os::Command command;
  command.program = "gpgv";
  command.args = {"--status-fd", "1",           "--keyring",       keyring.string(),
                  "--output",    text.string(), inrelease.string()};
  // No home folder: gpgv must not find keys of whoever runs us.
  command.env["HOME"] = scratch.string();
  command.env["GNUPGHOME"] = scratch.string();
  command.why = format("check who signed repository {}", repository.name);
  command.timeout = std::chrono::minutes(2);
  // Its exit code is non-zero already when one of several signatures is by an unknown key.
  return runner.run(command).output;
}

}  // namespace

VerifiedRelease verify_release(const os::Runner& runner, const Repository& repository,
                               const std::filesystem::path& inrelease,
                               const std::filesystem::path& scratch) {
  const std::filesystem::path text = scratch / "Release";
  const SignatureStatus status =
      parse_status(gpgv_status(runner, repository, inrelease, scratch, text));
  std::set<std::string> found;
  for (const std::string& allowed : repository.signed_by)
    if (std::find(status.good.begin(), status.good.end(), upper(allowed)) != status.good.end())
      found.insert(upper(allowed));
  if (status.bad)
    throw Error(Fault::verification, "its signature does not fit its text (InRelease was altered)");
  if (found.empty()) {
    std::string others = joined(status.good.empty() ? status.unknown : status.good, ", ");
    if (others.empty()) others = "nobody";
    throw Error(
        Fault::verification,
        format("it is signed by {}, not by a key that the definition allows ({}) and that is "
               "in {}",
               others, joined(repository.signed_by, ", "), repository.keyring.string()));
  }
  VerifiedRelease verified;
  verified.signed_by.assign(found.begin(), found.end());
  verified.release = parse_release(os::read_file(text, release_limit), inrelease.string());
  const auto& names = verified.release.names;
  if (std::find(names.begin(), names.end(), repository.suite) == names.end())
    throw Error(Fault::verification, format("it is the index of suite {}, not of {}",
                                            joined(names, " or "), repository.suite));
  return verified;
}

}  // namespace ingot::package
