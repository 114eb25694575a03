// SPDX-License-Identifier: Apache-2.0
// kmod.nogpu: asks the running kernel itself whether it would take the driver.
#include <cerrno>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broken.hpp"
#include "checks/checks.hpp"
#include "command.hpp"
#include "kernel_log.hpp"
#include "kernel_module.hpp"

namespace ingot::selftest {

namespace {

std::string meaning_of_load(int error) {
  switch (error) {
    case 0:
      return "the driver was loaded although the machine has no NVIDIA GPU";
    case EKEYREJECTED:
      return "the kernel rejects the module's signature (EKEYREJECTED): its key is in no keyring";
    case ENOKEY:
      return "the kernel has no key for the module's signature (ENOKEY)";
    case EBADMSG:
      return "the module's signature trailer is damaged (EBADMSG)";
    case EPERM:
      return "the kernel forbids loading modules (EPERM)";
    case ENOEXEC:
      return "the kernel does not take the file as a module (ENOEXEC): it is damaged, compressed, "
             "or built for another kernel configuration";
    case EINVAL:
      return "a symbol has another version than this kernel's (EINVAL): the module was built "
             "for another kernel";
    case ENOENT:
      return "a symbol that the module needs is unknown (ENOENT)";
    case EEXIST:
      return "a module of that name is loaded already (EEXIST)";
    default:
      return "loading failed: " + text_of_errno(error);
  }
}

bool about_driver(const std::string& message) {
  for (const std::string_view word : {"NVRM", "nvidia", "module", "Module"}) {
    if (message.find(word) != std::string::npos) return true;
  }
  return false;
}

std::string told(const std::vector<std::string>& log) {
  std::string text;
  for (const std::string& message : log) {
    if (about_driver(message)) text += (text.empty() ? "" : " | ") + message;
  }
  return text.substr(0, 2000);
}

}  // namespace

Result judge_load(int error, const std::vector<std::string>& log) {
  const std::string kernel_said = told(log);
  Values values;
  if (!kernel_said.empty()) values.emplace_back("kernel_log", kernel_said);
  if (error != ENODEV) {
    std::string reason = meaning_of_load(error);
    if (!kernel_said.empty()) reason += "; the kernel says: " + kernel_said;
    return fail(std::move(reason), std::move(values));
  }
  // Another module's init may answer ENODEV too; the driver's own words tell them apart, and
  // these words mean a GPU is there but somebody else has it.
  for (const char* other : {"already bound", "probe routine was not called", "API mismatch"}) {
    if (kernel_said.find(other) != std::string::npos) {
      return fail("the driver answers ENODEV, but: " + kernel_said, std::move(values));
    }
  }
  return pass("the kernel takes the driver, which finds no GPU (ENODEV)", std::move(values));
}

namespace {

void load_dependencies(const Node& node, const IndexedModule& module) {
  if (module.dependencies.empty()) return;
  const std::string modprobe = "/usr/sbin/modprobe";
  if (!node.roots.executable(modprobe)) throw Broken(modprobe + " is missing");
  std::vector<std::string> command{modprobe, "--all"};
  for (const std::string& path : module.dependencies) command.push_back(module_name(path));
  const Answer answer = run_command(command, std::chrono::seconds(60));
  if (!answer.good())
    throw Broken("what nvidia depends on cannot be loaded: modprobe " + answer.why());
}

bool loaded(const Node& node, std::string_view name) {
  for (const std::string& line : lines_of(require_text(node.roots.at("/proc/modules")))) {
    if (line.starts_with(name) && line.substr(name.size()).starts_with(' ')) return true;
  }
  return false;
}

}  // namespace

Result kmod_no_gpu(const Node& node) {
  if (!node.live()) return skip("not the tree of the running machine");
  if (::geteuid() != 0) return skip("needs root");
  if (loaded(node, "nvidia")) return fail(meaning_of_load(0));
  const std::string folder = modules_folder(node);
  const auto index = parse_modules_dep(require_text(node.roots.at(folder + "/modules.dep")));
  const auto module = index.find("nvidia");
  if (module == index.end()) return fail("nvidia is not in modules.dep");
  load_dependencies(node, module->second);
  const std::string path = folder + "/" + module->second.path;
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail(path + " cannot be opened: " + text_of_errno(errno));
  KernelLog log(node.roots.at("/dev/kmsg"));
  const bool taken = ::syscall(SYS_finit_module, file.get(), "", 0) == 0;
  const int error = taken ? 0 : errno;
  Result result = judge_load(error, log.since());
  if (taken) ::syscall(SYS_delete_module, "nvidia", O_NONBLOCK);
  return result;
}

}  // namespace ingot::selftest
