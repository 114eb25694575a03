// SPDX-License-Identifier: Apache-2.0
#include "cli/file_rows.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "archive/file_list_words.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/json_bytes.hpp"
#include "os/clock.hpp"
#include "report/terminal_text.hpp"

namespace ingot::cli {
namespace {

using archive::ListedFile;
using os::FileKind;

bool is_device(const ListedFile& file) {
  return file.kind == FileKind::character_device || file.kind == FileKind::block_device;
}

char letter_of(FileKind kind) {
  switch (kind) {
    case FileKind::regular:
      return '-';
    case FileKind::folder:
      return 'd';
    case FileKind::link:
      return 'l';
    case FileKind::character_device:
      return 'c';
    case FileKind::block_device:
      return 'b';
    case FileKind::fifo:
      return 'p';
    case FileKind::socket:
      return 's';
  }
  return '?';
}

std::string size_text(const ListedFile& file) {
  if (is_device(file)) return format("{}, {}", file.device_major, file.device_minor);
  return file.kind == FileKind::regular ? std::to_string(file.size) : "-";
}

/// Whoever made the list may have meant no date that there is.
std::string time_text(std::int64_t time) {
  try {
    return os::rfc3339(time);
  } catch (const Error&) {
    return format("@{}", time);
  }
}

}  // namespace

std::string mode_text(const ListedFile& file) {
  struct Special {
    unsigned bit;
    std::size_t place;
    char letter;
  };
  constexpr std::array<Special, 3> specials = {
      Special{04000, 3, 's'}, {02000, 6, 's'}, {01000, 9, 't'}};
  std::string text(1, letter_of(file.kind));
  for (int bit = 8; bit >= 0; --bit) text += (file.mode >> bit & 1U) != 0 ? "xwr"[bit % 3] : '-';
  for (const Special& special : specials) {
    if ((file.mode & special.bit) == 0) continue;
    char& place = text[special.place];
    place = place == 'x' ? special.letter : static_cast<char>(special.letter - 'a' + 'A');
  }
  if (file.xattrs.contains("system.posix_acl_access")) text += '+';
  return text;
}

std::string text_of(const std::vector<FileRow>& rows, Columns columns) {
  std::array<std::size_t, 4> widths{};
  const auto cells_of = [](const ListedFile& file) {
    return std::array<std::string, 4>{mode_text(file), std::to_string(file.uid),
                                      std::to_string(file.gid), size_text(file)};
  };
  if (columns == Columns::all) {
    for (const FileRow& row : rows) {
      const auto cells = cells_of(*row.file);
      for (std::size_t i = 0; i < cells.size(); ++i)
        widths[i] = std::max(widths[i], cells[i].size());
    }
  }
  std::string text;
  for (const FileRow& row : rows) {
    const std::string name = report::terminal_text(row.shown);
    if (columns == Columns::names) {
      text += name + "\n";
      continue;
    }
    const auto cells = cells_of(*row.file);
    text += format("{:<{}} {:>{}} {:>{}} {:>{}} {} {}", cells[0], widths[0], cells[1], widths[1],
                   cells[2], widths[2], cells[3], widths[3], time_text(row.file->mtime), name);
    if (row.file->kind == FileKind::link) text += " -> " + report::terminal_text(row.file->target);
    text += "\n";
  }
  return text;
}

nlohmann::ordered_json json_of(const ListedFile& file) {
  nlohmann::ordered_json row;
  put_bytes(row, "path", file.path == "." ? "/" : "/" + file.path);
  row["type"] = archive::name_of(file.kind);
  row["mode"] = format("{:04o}", file.mode);
  row["uid"] = file.uid;
  row["gid"] = file.gid;
  row["time"] = file.mtime;
  if (file.kind == FileKind::regular) row["size"] = file.size;
  if (file.digest) row["sha256"] = file.digest->hex();
  if (file.kind == FileKind::link) put_bytes(row, "target", file.target);
  if (is_device(file)) row["device"] = {file.device_major, file.device_minor};
  if (file.links > 1) row["links"] = file.links;
  if (!file.hard_link.empty()) put_bytes(row, "hardLink", "/" + file.hard_link);
  for (const auto& [name, value] : file.xattrs)
    row["attributesHex"][report::terminal_text(name)] = archive::hex_of(value);
  return row;
}

}  // namespace ingot::cli
