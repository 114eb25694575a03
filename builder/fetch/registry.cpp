// SPDX-License-Identifier: Apache-2.0
#include "fetch/registry.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "fetch/partial.hpp"
#include "fetch/url.hpp"
#include "os/clock.hpp"
#include "os/signals.hpp"

namespace ingot::fetch {
namespace {

constexpr std::uint64_t largest_manifest = 4U << 20;  // what registries take, by the specification
constexpr std::uint64_t usual_chunk = 16U << 20;
constexpr unsigned most_redirects = 5;
constexpr std::chrono::seconds longest_pause{20};
constexpr const char* manifest_types =
    "Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
constexpr const char* bytes_type = "Content-Type: application/octet-stream";

/// For answers that take no work.
constexpr std::chrono::seconds short_while{8};
/// A registry hashes what it got before it answers.
constexpr std::chrono::seconds patience{180};

Options transfer_options(const RegistryOptions& options) {
  Options result;
  result.connect_timeout = options.connect_timeout;
  result.offline = options.offline;
  return result;
}

std::string name_of_digest(const Sha256& digest) { return "sha256:" + digest.hex(); }

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::uint64_t number_of(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() ? number : 0;
}

std::string_view hint_of(long status) {
  switch (status) {
    case 401:
      return "it does not accept who we are";
    case 403:
      return "it does not allow this to who we are";
    case 404:
      return "it has no such repository, or does not show it to us";
    case 413:
      return "it takes nothing that large";
    case 429:
      return "too many requests; try again later";
    default:
      return status >= 500 ? "it is out of order" : "it refuses this";
  }
}

}  // namespace

std::string registry_errors(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("errors") || !json["errors"].is_array()) return {};
  std::string text;
  for (const auto& error : json["errors"]) {
    if (!error.is_object() || text.size() > 300) continue;
    const auto word = [&](const char* name) {
      const auto found = error.find(name);
      return found != error.end() && found->is_string() ? found->get<std::string>().substr(0, 200)
                                                        : std::string();
    };
    const std::string code = word("code");
    const std::string message = word("message");
    if (!text.empty()) text += "; ";
    text += message.empty() ? code : code.empty() ? message : code + ": " + message;
  }
  return text;
}

Registry::Registry(RegistryReference reference, FoundCredentials credentials,
                   const RegistryOptions& options)
    : reference_(std::move(reference)),
      options_(options),
      exchange_(transfer_options(options)),
      login_(reference_, std::move(credentials), exchange_) {}

std::string Registry::url(std::string_view path) const {
  return format("{}/v2/{}/{}", reference_.origin(), reference_.repository, path);
}

void Registry::fail(const HttpAnswer& answer, std::string_view doing) const {
  std::string reason = answer.said;
  if (answer.status != 0 && reason.empty()) {
    const std::string said = registry_errors(answer.body);
    reason = format("{} (status {}{}{})", hint_of(answer.status), answer.status,
                    said.empty() ? "" : ", ", said);
  }
  throw Error(Fault::network, format("{}: {}: {}", reference_.text(), doing, reason));
}

void Registry::pause(const HttpAnswer& answer, unsigned round) const {
  const auto length = std::min<std::chrono::milliseconds>(
      longest_pause, std::max<std::chrono::milliseconds>(
                         answer.retry_after, options_.back_off * (1U << std::min(round, 10U))));
  const auto end = os::system_clock().steady() + length;
  while (os::system_clock().steady() < end) {
    os::check_stop();
    const timespec tick{.tv_sec = 0, .tv_nsec = 20'000'000};
    ::nanosleep(&tick, nullptr);
  }
}

HttpAnswer Registry::ask_once(const HttpQuestion& question, Access access) {
  // Who we are is the registry's to know, and nobody else's.
  const bool ours = same_origin(question.url, reference_.origin());
  for (int attempt = 0;; ++attempt) {
    HttpQuestion one = question;
    const std::string header = ours ? login_.header(access) : std::string();
    if (!header.empty()) one.headers.push_back(header);
    HttpAnswer answer = exchange_.ask(one);
    // The second time round, a leave may have ended while it was used.
    if (!ours || answer.status != 401 || attempt == 2) return answer;
    login_.answer_challenge(answer.header("www-authenticate"), access, header);
  }
}

HttpAnswer Registry::follow(HttpQuestion question, Access access) {
  const bool reading = question.method == "GET" || question.method == "HEAD";
  for (unsigned redirects = 0;; ++redirects) {
    HttpAnswer answer = ask_once(question, access);
    if (!is_redirect(answer.status) || !reading) return answer;
    std::string next = resolved_url(question.url, answer.header("location"));
    const bool secure = scheme_of(next) == "https" || scheme_of(question.url) == "http";
    if (redirects == most_redirects || next.empty() || !secure) {
      answer.said = next.empty() ? "redirects to nowhere"
                    : secure     ? "redirects too often"
                                 : "redirects to a place without TLS";
      return answer;
    }
    question.url = std::move(next);
  }
}

HttpAnswer Registry::ask(const HttpQuestion& question, Access access, bool again) {
  for (unsigned round = 0;; ++round) {
    HttpAnswer answer = follow(question, access);
    if (answer.status != 0) reached_ = true;
    // One that has never answered is not there; one that has may come back.
    const bool hopeless = answer.status == 0 && !reached_;
    if (!answer.may_pass || !again || hopeless || round == options_.retries) return answer;
    pause(answer, round);
  }
}

std::optional<std::string> Registry::manifest(const std::string& tag_or_digest) {
  const HttpAnswer answer = ask({.url = url("manifests/" + tag_or_digest),
                                 .headers = {manifest_types},
                                 .limit = largest_manifest,
                                 .time_limit = short_while},
                                Access::pull);
  if (answer.status == 404 && answer.said.empty()) return std::nullopt;
  if (!answer.ok()) fail(answer, "reading a manifest");
  if (tag_or_digest.starts_with("sha256:") &&
      name_of_digest(crypto::digest_of(answer.body)) != tag_or_digest)
    throw Error(Fault::verification,
                format("{}: the manifest is not the one that was asked for", reference_.text()));
  return answer.body;
}

bool Registry::has_manifest(const std::string& tag_or_digest) {
  const HttpAnswer answer = ask({.method = "HEAD",
                                 .url = url("manifests/" + tag_or_digest),
                                 .headers = {manifest_types},
                                 .time_limit = short_while},
                                Access::pull);
  if (answer.status == 404 && answer.said.empty()) return false;
  if (!answer.ok()) fail(answer, "asking for a manifest");
  return true;
}

bool Registry::has_blob(const Sha256& digest) {
  const HttpAnswer answer = ask(
      {.method = "HEAD", .url = url("blobs/" + name_of_digest(digest)), .time_limit = short_while},
      Access::pull);
  if (answer.status == 404 && answer.said.empty()) return false;
  if (!answer.ok()) fail(answer, "asking for a blob");
  return true;
}

bool Registry::get_blob(const RegistryBlob& blob, const std::filesystem::path& file,
                        const TransferGoesOn& goes_on) {
  bool complete = false;
  for (unsigned round = 0;; ++round) {
    HttpAnswer answer;
    Partial partial(file, blob.size);
    partial.open();
    const std::uint64_t offset = partial.size();
    bool stopped = false;
    bool began = false;
    HttpQuestion question{.url = url("blobs/" + name_of_digest(blob.digest))};
    if (offset > 0) question.headers.push_back(format("Range: bytes={}-", offset));
    question.take = [&](long status, std::span<const std::uint8_t> bytes) {
      // All of it again, from a server that knows no ranges.
      if (!began && status != 206 && offset > 0) partial.restart();
      began = true;
      if (!partial.append(bytes)) return false;
      stopped = goes_on && !goes_on(partial.size());
      return !stopped;
    };
    if (!partial.complete()) answer = follow(question, Access::pull);
    if (stopped) return false;
    if (partial.complete()) {
      complete = partial.finish() == blob.digest;
      if (complete) return true;
      partial.discard();
      // What lay there may be the reason: once more from the start.
      if (offset > 0) continue;
      throw Error(Fault::verification, format("{}: the bytes of blob {} are not those of its name",
                                              reference_.text(), blob.digest.hex()));
    }
    if (answer.status == 416 && offset > 0) {
      partial.discard();
      continue;
    }
    if (answer.refused)
      throw Error(Fault::verification,
                  format("{}: blob {} is larger than {} bytes", reference_.text(),
                         blob.digest.hex(), blob.size.count));
    if (answer.ok()) {
      answer.said = format("ended after {} of {} bytes", partial.size(), blob.size.count);
      answer.may_pass = true;
    }
    if (!answer.may_pass || round >= options_.retries) fail(answer, "reading a blob");
    pause(answer, round);
  }
}

std::string Registry::upload_place(const HttpAnswer& answer, const std::string& asked) const {
  const std::string place = resolved_url(asked, answer.header("location"));
  if (place.empty())
    throw Error(Fault::network, reference_.text() + ": does not say where a blob is to be sent");
  if (scheme_of(place) != "https" && !same_origin(place, reference_.origin()))
    throw Error(Fault::network,
                format("{}: wants a blob to be sent to {}, which is not done without TLS",
                       reference_.text(), std::string(origin_of(place))));
  return place;
}

HttpAnswer Registry::send_whole(const std::string& place, const RegistryBlob& blob,
                                const FilePart& file) {
  return ask({.method = "PUT",
              .url = with_query(place, "digest", name_of_digest(blob.digest)),
              .headers = {bytes_type},
              .file = file,
              .silence = patience},
             Access::push, false);
}

HttpAnswer Registry::send_chunks(std::string place, const RegistryBlob& blob, const FilePart& file,
                                 std::uint64_t chunk) {
  for (std::uint64_t done = 0; done < file.size;) {
    const std::uint64_t size = std::min(chunk, file.size - done);
    HttpAnswer answer =
        ask({.method = "PATCH",
             .url = place,
             .headers = {bytes_type, format("Content-Range: {}-{}", done, done + size - 1)},
             .file = FilePart{file.fd, file.name, done, size},
             .silence = patience},
            Access::push, false);
    if (!answer.ok()) return answer;
    place = upload_place(answer, place);
    done += size;
  }
  return ask({.method = "PUT",
              .url = with_query(place, "digest", name_of_digest(blob.digest)),
              .headers = {bytes_type},
              .body = "",
              .silence = patience},
             Access::push, false);
}

HttpAnswer Registry::upload(const RegistryBlob& blob, const FilePart& file) {
  std::uint64_t chunk = options_.chunk.count;
  for (int attempt = 0;; ++attempt) {
    const std::string start = url("blobs/uploads/");
    const HttpAnswer begun = ask({.method = "POST",
                                  .url = start,
                                  .headers = {bytes_type},
                                  .body = "",
                                  .time_limit = short_while},
                                 Access::push);
    if (!begun.ok()) return begun;
    const std::string place = upload_place(begun, start);
    if (const std::string least = begun.header("oci-chunk-min-length"); !least.empty())
      chunk = std::max({chunk, usual_chunk, number_of(least)});
    if (chunk != 0) return send_chunks(place, blob, file, chunk);
    HttpAnswer answer = send_whole(place, blob, file);
    // Something between us and the registry takes no request of that size.
    if (answer.status != 413 || attempt != 0 || file.size <= usual_chunk) return answer;
    chunk = usual_chunk;
  }
}

void Registry::put_blob(const RegistryBlob& blob, const std::filesystem::path& file) {
  if (has_blob(blob.digest)) return;
  const os::Fd fd = os::open_file(file, O_RDONLY);
  const FilePart whole{fd.get(), file, 0, blob.size.count};
  for (unsigned round = 0;; ++round) {
    const HttpAnswer answer = upload(blob, whole);
    if (answer.ok()) return;
    if (!answer.may_pass || round >= options_.retries) fail(answer, "sending a blob");
    pause(answer, round);
  }
}

void Registry::put_blob(std::string_view content) {
  const Sha256 digest = crypto::digest_of(content);
  if (has_blob(digest)) return;
  const std::string start = url("blobs/uploads/");
  HttpAnswer answer = ask({.method = "POST",
                           .url = start,
                           .headers = {bytes_type},
                           .body = "",
                           .time_limit = short_while},
                          Access::push);
  if (answer.ok())
    answer = ask({.method = "PUT",
                  .url = with_query(upload_place(answer, start), "digest", name_of_digest(digest)),
                  .headers = {bytes_type},
                  .body = std::string(content)},
                 Access::push, false);
  if (!answer.ok()) fail(answer, "sending a blob");
}

void Registry::put_manifest(const std::string& tag, std::string_view media_type,
                            std::string_view text) {
  const HttpAnswer answer = ask({.method = "PUT",
                                 .url = url("manifests/" + tag),
                                 .headers = {format("Content-Type: {}", media_type)},
                                 .body = std::string(text)},
                                Access::push);
  if (!answer.ok()) fail(answer, "sending a manifest");
}

}  // namespace ingot::fetch
