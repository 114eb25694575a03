// SPDX-License-Identifier: Apache-2.0
#include "archive/deb.hpp"

#include <archive.h>
#include <archive_entry.h>

#include "archive/deb_member.hpp"
#include "archive/extraction.hpp"
#include "archive/reader.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::archive {
namespace {

constexpr std::size_t largest_control_file = 16U << 20;
constexpr std::size_t most_control_files = 1000;

/// The first member of that name, with any compression, as a tar archive.
ReaderHandle open_member(::archive* package, std::string_view wanted) {
  return open_inner_tar(package, next_deb_member(package, wanted));
}

std::map<std::string, std::string> fields_of(std::string_view control) {
  std::map<std::string, std::string> fields;
  std::string* last = nullptr;
  for (const std::string& line : split(control, '\n')) {
    if (trimmed(line).empty()) continue;
    if (line.front() == ' ' || line.front() == '\t') {
      if (last == nullptr)
        throw Error(Fault::verification, "its control file starts within a field");
      last->append("\n").append(line, 1);
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string::npos) {
      throw Error(Fault::verification,
                  format("its control file has a line without a field: '{}'", line.substr(0, 80)));
    }
    const auto [field, fresh] =
        fields.emplace(line.substr(0, colon), trimmed(std::string_view(line).substr(colon + 1)));
    if (!fresh)
      throw Error(Fault::verification, format("its control file states {} twice", field->first));
    last = &field->second;
  }
  return fields;
}

}  // namespace

std::string_view DebControl::field(std::string_view name) const {
  const auto found = fields.find(std::string(name));
  return found == fields.end() ? std::string_view() : found->second;
}

DebControl read_deb_control(const std::filesystem::path& path) {
  return during("reading the package " + path.string(), [&] {
    const ReaderHandle package = open_deb(path);
    const ReaderHandle members = open_member(package.get(), "control.tar");
    DebControl control;
    while (archive_entry* entry = next_member(members.get())) {
      if (archive_entry_filetype(entry) != AE_IFREG) continue;
      if (control.files.size() >= most_control_files) {
        throw Error(Fault::verification, "it has too many control files");
      }
      const std::string name = member_path(member_name(entry));
      control.files[name] = content_of_member(members.get(), entry, largest_control_file);
    }
    const auto file = control.files.find("control");
    if (file == control.files.end()) {
      throw Error(Fault::verification, "it has no control file");
    }
    control.fields = fields_of(file->second);
    return control;
  });
}

std::vector<std::string> extract_deb(const std::filesystem::path& path,
                                     const std::filesystem::path& destination,
                                     const ExtractOptions& options) {
  return during("unpacking the package " + path.string(), [&] {
    const ReaderHandle package = open_deb(path);
    const ReaderHandle members = open_member(package.get(), "data.tar");
    return extract_members(members.get(), destination, options);
  });
}

}  // namespace ingot::archive
