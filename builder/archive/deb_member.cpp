// SPDX-License-Identifier: Apache-2.0
#include "archive/deb_member.hpp"

#include <archive.h>
#include <archive_entry.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::archive {

std::string member_name(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  return name != nullptr ? name : "";
}

ReaderHandle open_deb(const std::filesystem::path& path) {
  ReaderHandle reader = new_reader();
  archive_read_support_format_ar(reader.get());
  check_read(reader.get(), archive_read_open_filename(reader.get(), path.c_str(), 256 * 1024),
             "open it as a Debian package");
  archive_entry* entry = next_member(reader.get());
  if (entry == nullptr || member_name(entry) != "debian-binary") {
    throw Error(Fault::verification,
                "it is no Debian package: debian-binary is not its first member");
  }
  const std::string version = content_of_member(reader.get(), entry, 64);
  if (!version.starts_with("2.")) {
    throw Error(Fault::verification,
                format("it is a Debian package of the unknown format '{}'", trimmed(version)));
  }
  return reader;
}

std::string next_deb_member(::archive* package, std::string_view wanted) {
  while (archive_entry* entry = next_member(package)) {
    std::string name = member_name(entry);
    if (name == wanted || name.starts_with(std::string(wanted) + ".")) return name;
  }
  throw Error(Fault::verification, format("it is no Debian package: {} is missing", wanted));
}

}  // namespace ingot::archive
