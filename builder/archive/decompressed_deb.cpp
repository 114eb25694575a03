// SPDX-License-Identifier: Apache-2.0
#include "archive/decompressed_deb.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "archive/deb_member.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "os/fd.hpp"
#include "os/place.hpp"
#include "os/signals.hpp"

namespace ingot::archive {
namespace {

constexpr std::uint64_t most_in_member = 9'999'999'999;  // ten decimal digits

/// ar(5), as deb(5) wants it: no owner, no time, sizes known only after the member is written.
class ArFile {
public:
  explicit ArFile(const std::filesystem::path& path)
      : path_(path), file_(os::open_file(path, O_WRONLY | O_CREAT | O_EXCL, 0644)) {
    append("!<arch>\n");
  }

  void append(std::string_view text) {
    append({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }

  void append(std::span<const std::uint8_t> bytes) {
    os::write_at(file_.get(), path_, end_, bytes);
    end_ += bytes.size();
  }

  void begin(std::string_view name) {
    name_ = name;
    header_ = end_;
    append(header(0));
  }

  std::uint64_t size_of_member() const { return end_ - header_ - 60; }

  void end() {
    const std::uint64_t size = size_of_member();
    const std::string text = header(size);
    os::write_at(file_.get(), path_, header_,
                 {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    if (size % 2 != 0) append("\n");
  }

private:
  std::string header(std::uint64_t size) const {
    return format("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", name_, 0, 0, 0, "100644", size);
  }

  std::filesystem::path path_;
  os::Fd file_;
  std::uint64_t end_ = 0;
  std::string name_;
  std::uint64_t header_ = 0;
};

/// Reads to the end of the compressed stream, padding and all, not only of the tar in it.
void copy_decompressed(::archive* package, const std::string& member, ArFile& out) {
  const ReaderHandle stream = open_inner_stream(package, member);
  archive_entry* entry = next_member(stream.get());
  if (entry == nullptr) throw Error(Fault::verification, format("{} is empty", member));
  const void* buffer = nullptr;
  std::size_t count = 0;
  la_int64_t offset = 0;
  for (;;) {
    os::check_stop();
    const int result = archive_read_data_block(stream.get(), &buffer, &count, &offset);
    if (result == ARCHIVE_EOF) return;
    check_read(stream.get(), result, "decompress " + member);
    if (count > most_in_member - out.size_of_member())
      throw Error(Fault::verification,
                  format("{} holds more than {} bytes", member, most_in_member));
    out.append(std::span(static_cast<const std::uint8_t*>(buffer), count));
  }
}

}  // namespace

void decompress_deb(const std::filesystem::path& source, const std::filesystem::path& target) {
  during("decompressing the package " + source.string(), [&] {
    const ReaderHandle package = open_deb(source);
    ArFile out(target);
    out.begin("debian-binary");
    out.append("2.0\n");
    out.end();
    // In this order, deb(5) says; what is between them is for others.
    for (const std::string_view name : {"control.tar", "data.tar"}) {
      const std::string member = next_deb_member(package.get(), name);
      out.begin(name);
      copy_decompressed(package.get(), member, out);
      out.end();
    }
  });
}

}  // namespace ingot::archive
