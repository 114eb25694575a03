// SPDX-License-Identifier: Apache-2.0
#include "boot/uki.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "boot/kernel_line.hpp"
#include "boot/pe.hpp"

namespace ingot::boot {

namespace {

constexpr std::uint16_t efi_application = 10;

void check_text(std::string_view name, std::string_view text) {
  if (text.empty() || text.find('\0') != std::string_view::npos) {
    throw Error(Fault::input,
                format("the text for section {} is empty or holds a zero byte", name));
  }
}

void check_line(const std::string& line) {
  check_text(".cmdline", line);
  if (line.find('\n') != std::string::npos || line.size() + 1 > kernel_line_limit) {
    throw Error(Fault::input, format("the kernel line has a newline or more than {} characters",
                                     kernel_line_limit - 1));
  }
}

PeImage read_program(const std::filesystem::path& path, std::string_view what) {
  return during(format("looking at the {}", what), [&] {
    PeImage image = read_pe(path);
    if (image.subsystem != efi_application) {
      throw Error(Fault::input, format("{} is a PE file, but no EFI application", path.string()));
    }
    return image;
  });
}

}  // namespace

void write_uki(const UkiRequest& request) {
  check_text(".osrel", request.os_release);
  check_text(".uname", request.uname);
  check_line(request.kernel_line);
  if (request.initrds.empty()) {
    throw Error(Fault::input, "a unified kernel image needs an initrd");
  }
  const PeImage stub = read_program(request.stub, "stub");
  const PeImage kernel = read_program(request.kernel, "kernel");
  if (stub.machine != kernel.machine) {
    throw Error(Fault::input, format("stub {} and kernel {} are for different machines (0x{:x} and "
                                     "0x{:x})",
                                     request.stub.string(), request.kernel.string(), stub.machine,
                                     kernel.machine));
  }
  std::vector<NewSection> sections;
  const auto text = [&](std::string name, const std::string& content) {
    NewSection section;
    section.name = std::move(name);
    section.text = content;
    sections.push_back(std::move(section));
  };
  const auto files = [&](std::string name, const std::vector<std::filesystem::path>& paths) {
    NewSection section;
    section.name = std::move(name);
    section.files = paths;
    sections.push_back(std::move(section));
  };
  if (stub.find(".sbat") == nullptr && !request.sbat.empty()) {
    text(".sbat", request.sbat);
  }
  text(".osrel", request.os_release);
  text(".cmdline", request.kernel_line);
  text(".uname", request.uname);
  files(".initrd", request.initrds);
  // Last, because some stubs start the kernel in place, where it uses memory behind its file size.
  files(".linux", {request.kernel});
  sections.back().characteristics = section_is_code | section_is_readable;
  append_sections(request.stub, sections, request.output);
}

std::optional<std::string> read_uki_section(const std::filesystem::path& path,
                                            std::string_view name) {
  std::optional<std::string> content = read_section(path, name);
  if (content) {
    content->resize(content->find_last_not_of('\0') + 1);
  }
  return content;
}

}  // namespace ingot::boot
