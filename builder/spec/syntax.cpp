// SPDX-License-Identifier: Apache-2.0
#include "spec/syntax.hpp"

#include <algorithm>
#include <string>

#include "base/words.hpp"

namespace ingot::spec {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view lower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool in(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool is_alphanumeric(char c) { return in(c, digits) || in(c, lower) || in(c, upper); }
bool is_lower_alphanumeric(char c) { return in(c, digits) || in(c, lower); }

/// Whether every character is alphanumeric or one of `more`, and there is at least one.
bool all_alphanumeric(std::string_view text, std::string_view more) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [&](char c) { return is_alphanumeric(c) || in(c, more); });
}

bool all_lower(std::string_view text, std::string_view more) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_lower_alphanumeric(c) || in(c, more);
  });
}

bool is_definition_name(std::string_view text) {
  return text.size() <= 64 && all_lower(text, ".+-") && is_lower_alphanumeric(text.front());
}

bool is_option_name(std::string_view text) {
  return text.size() <= 64 && all_lower(text, "-") && in(text.front(), lower) && text.back() != '-';
}

bool is_image_version(std::string_view text) {
  return text.size() <= 64 && all_alphanumeric(text, ".+~-");
}

bool is_package_name(std::string_view text) {
  return text.size() >= 2 && all_lower(text, "+-.") && is_lower_alphanumeric(text.front());
}

bool is_package_version(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view epoch = text.substr(0, colon);
    if (epoch.empty() || epoch.find_first_not_of(digits) != std::string_view::npos) return false;
    text.remove_prefix(colon + 1);
  }
  return all_alphanumeric(text, ".+~-") && is_alphanumeric(text.front()) && text.back() != '-';
}

bool is_kernel_release(std::string_view text) {
  return text.size() <= 64 && all_alphanumeric(text, ".+~-_") && in(text.front(), digits);
}

bool is_driver_version(std::string_view text) {
  const auto pieces = split(text, '.');
  return pieces.size() >= 2 && pieces.size() <= 3 &&
         std::all_of(pieces.begin(), pieces.end(), [](const std::string& piece) {
           return !piece.empty() && piece.find_first_not_of(digits) == std::string::npos;
         });
}

bool is_kernel_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '\'';
  });
}

bool is_unit_name(std::string_view text) {
  constexpr std::string_view suffixes[] = {".service",   ".socket", ".device", ".mount",
                                           ".automount", ".swap",   ".target", ".path",
                                           ".timer",     ".slice",  ".scope"};
  return text.size() <= 255 && all_alphanumeric(text, ":-_.\\@") &&
         std::any_of(std::begin(suffixes), std::end(suffixes), [&](std::string_view suffix) {
           return text.size() > suffix.size() && text.ends_with(suffix);
         });
}

bool is_variable_name(std::string_view text) {
  return !text.empty() && !in(text.front(), digits) && !text.starts_with("INGOT_") &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return in(c, upper) || in(c, digits) || c == '_'; });
}

bool has_plain_pieces(std::string_view path, std::string_view more) {
  const auto pieces = split(path, '/');
  return !pieces.empty() &&
         std::all_of(pieces.begin(), pieces.end(), [&](const std::string& piece) {
           return all_alphanumeric(piece, more) && piece != "." && piece != "..";
         });
}

bool is_repository_path(std::string_view text) { return has_plain_pieces(text, "._+~:%-"); }
bool is_relative_path(std::string_view text) { return has_plain_pieces(text, "._+~-"); }

bool is_absolute_path(std::string_view text) {
  return text.starts_with('/') && is_relative_path(text.substr(1));
}

bool is_file_name(std::string_view text) {
  return is_relative_path(text) && !in('/', text) && text.front() != '.';
}

bool is_module_name(std::string_view text) {
  return all_lower(text, "_-") && is_lower_alphanumeric(text.front());
}

bool is_hexadecimal(std::string_view text, std::string_view digits_allowed, std::size_t size) {
  return text.size() == size && text.find_first_not_of(digits_allowed) == std::string_view::npos;
}

bool is_fingerprint(std::string_view text) {
  return is_hexadecimal(text, "0123456789abcdefABCDEF", 40);
}
bool is_sha256(std::string_view text) { return is_hexadecimal(text, "0123456789abcdef", 64); }

/// Whether `text` has a digit where `form` has 'n', and form's character elsewhere.
bool follows(std::string_view text, std::string_view form) {
  return std::equal(text.begin(), text.end(), form.begin(), form.end(),
                    [](char c, char f) { return f == 'n' ? in(c, digits) : c == f; });
}

bool in_range(std::string_view two_digits, int least, int most) {
  const int value = (two_digits[0] - '0') * 10 + (two_digits[1] - '0');
  return value >= least && value <= most;
}

bool is_calendar_date(std::string_view text) {
  return follows(text, "nnnn-nn-nn") && in_range(text.substr(5, 2), 1, 12) &&
         in_range(text.substr(8, 2), 1, 31);
}

bool is_utc_time(std::string_view text) {
  return follows(text, "nnnn-nn-nnTnn:nn:nnZ") && is_calendar_date(text.substr(0, 10)) &&
         in_range(text.substr(11, 2), 0, 23) && in_range(text.substr(14, 2), 0, 59) &&
         in_range(text.substr(17, 2), 0, 60);
}

bool is_any_line(std::string_view) { return true; }

}  // namespace

const Syntax definition_name{
    "a name", "at most 64 of a-z 0-9 . + -, starting with a letter or digit", is_definition_name};
const Syntax option_name{"an option name", "a-z 0-9 -, starting with a letter", is_option_name};
const Syntax image_version{"a version", "at most 64 of 0-9 A-Z a-z . + ~ -", is_image_version};
const Syntax package_name{"a package name",
                          "at least two of a-z 0-9 + - ., starting with a letter or digit",
                          is_package_name};
const Syntax package_version{"a package version",
                             "[number:] and 0-9 A-Z a-z . + ~ -, starting with a letter or digit",
                             is_package_version};
const Syntax kernel_release{"a kernel release", "0-9 A-Z a-z . + ~ - _, starting with a digit",
                            is_kernel_release};
const Syntax driver_version{"a driver version", "two or three numbers with dots: 550.163.01",
                            is_driver_version};
const Syntax kernel_word{"a word of the kernel line", "one word without spaces and quotes",
                         is_kernel_word};
const Syntax unit_name{
    "a unit name",
    "a name that ends in .service, .socket, .device, .mount, .automount, .swap, .target, .path, "
    ".timer, .slice or .scope",
    is_unit_name};
const Syntax variable_name{"an environment variable",
                           "A-Z 0-9 _, not starting with a digit or with INGOT_", is_variable_name};
const Syntax repository_path{"a path in an archive",
                             "words of 0-9 A-Z a-z . _ + ~ : % - with single slashes, without ..",
                             is_repository_path};
const Syntax file_name{"a file name", "0-9 A-Z a-z . _ + ~ -, not starting with a dot",
                       is_file_name};
const Syntax relative_path{"a relative path",
                           "words of 0-9 A-Z a-z . _ + ~ - with single slashes, without ..",
                           is_relative_path};
const Syntax absolute_path{"an absolute path",
                           "/ and words of 0-9 A-Z a-z . _ + ~ - with single slashes, without ..",
                           is_absolute_path};
const Syntax module_name{"a module name", "a-z 0-9 _ -", is_module_name};
const Syntax fingerprint{"a key fingerprint", "40 hexadecimal digits", is_fingerprint};
const Syntax calendar_date{"a date", "year-month-day: 2026-11-21", is_calendar_date};
const Syntax utc_time{"a time", "2026-11-20T14:00:00Z", is_utc_time};
const Syntax sha256_digest{"a SHA-256 digest", "64 lower-case hexadecimal digits", is_sha256};
const Syntax any_line{"text", "one line", is_any_line};

}  // namespace ingot::spec
