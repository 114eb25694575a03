// SPDX-License-Identifier: Apache-2.0
#include "fetch/url.hpp"

#include <cstdint>

#include <curl/curl.h>

#include "base/format.hpp"
#include "base/handle.hpp"
#include "fetch/fetch.hpp"

namespace ingot::fetch {
namespace {

constexpr std::string_view file_scheme = "file://";

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// RFC 3986 path characters; "+" is escaped because some servers read it as a space.
bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~/:@!$&'()*,;=").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::filesystem::path> local_path(std::string_view url) {
  if (url.starts_with('/')) return std::filesystem::path(url);
  if (!url.starts_with(file_scheme)) return std::nullopt;
  url.remove_prefix(file_scheme.size());
  if (url.starts_with("localhost/")) url.remove_prefix(9);
  return std::filesystem::path(unescaped(url));
}

std::string_view scheme_of(std::string_view url) {
  const auto end = url.find("://");
  return end == std::string_view::npos ? std::string_view() : url.substr(0, end);
}

std::string_view origin_of(std::string_view url) {
  const auto start = url.find("://");
  if (start == std::string_view::npos) return url;
  return url.substr(0, url.find('/', start + 3));
}

bool same_origin(std::string_view one, std::string_view other) {
  const auto whole = [](std::string_view url) {
    std::string origin(origin_of(url));
    for (char& c : origin)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (const auto user = origin.rfind('@'); user != std::string::npos)
      origin.erase(origin.find("://") + 3, user + 1 - (origin.find("://") + 3));
    if (origin.rfind(':') == origin.find("://") || origin.ends_with(']'))
      origin += scheme_of(origin) == "https" ? ":443" : ":80";
    return origin;
  };
  return whole(one) == whole(other);
}

std::string resolved_url(const std::string& base, const std::string& location) {
  const CHandle<CURLU, curl_url_cleanup> url(curl_url());
  char* text = nullptr;
  if (!url || curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK ||
      curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK)
    return {};
  const CHandle<char, curl_free> owned(text);
  return text;
}

std::string query_value(std::string_view text) {
  std::string value;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    value += plain ? std::string(1, c) : format("%{:02X}", static_cast<std::uint8_t>(c));
  }
  return value;
}

std::string with_query(std::string url, std::string_view name, std::string_view value) {
  const char mark = url.find('?') == std::string::npos ? '?' : '&';
  return format("{}{}{}={}", url, mark, name, query_value(value));
}

std::string on_mirror(std::string_view mirror, std::string_view path) {
  while (mirror.size() > 1 && mirror.ends_with('/')) mirror.remove_suffix(1);
  if (mirror.starts_with('/')) return format("{}/{}", mirror, path);
  std::string url = std::string(mirror) + "/";
  for (const char c : path) {
    if (is_plain(c))
      url += c;
    else
      url += format("%{:02X}", static_cast<std::uint8_t>(c));
  }
  return url;
}

std::string shown(std::string_view url) {
  const auto start = url.find("://");
  if (start == std::string_view::npos) return std::string(url);
  const auto end = url.find('/', start + 3);
  const std::string_view authority =
      url.substr(start + 3, end == std::string_view::npos ? end : end - start - 3);
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, start + 3)) + std::string(url.substr(start + 3 + at + 1));
}

}  // namespace ingot::fetch
