// SPDX-License-Identifier: Apache-2.0
#include "run/kernel_modules.hpp"

#include "support/catch.hpp"
#include "support/listed_files.hpp"
#include "support/tiny_elf.hpp"

using namespace ingot;
using test::listed_file;

namespace {

std::vector<archive::ListedFile> modules(const std::string& release,
                                         const std::vector<std::string>& names,
                                         std::uint8_t seed = 0) {
  std::vector<archive::ListedFile> files;
  for (const std::string& name : names)
    files.push_back(listed_file("usr/lib/modules/" + release + "/" + name, 1, seed));
  return test::listed_tree(files);
}

}  // namespace

TEST_CASE("modules are compared by name, in both directions") {
  const auto a = modules("6.12.1", {"kernel/fs/ext4.ko.xz", "kernel/net/old.ko", "modules.dep"});
  const auto b = modules("6.12.1", {"kernel/fs/ext4.ko.xz", "updates/nvidia-uvm.ko"});
  const auto there = run::kernel_modules(a, b).differences;
  REQUIRE(there.size() == 2);
  CHECK(there[0].name == "nvidia_uvm");
  CHECK(there[0].kind() == "added");
  CHECK_FALSE(run::is_in_tree(*there[0].b));
  CHECK(there[1].name == "old");
  CHECK(there[1].kind() == "removed");
  CHECK(run::is_in_tree(*there[1].a));
  CHECK(run::kernel_modules(b, a).differences[0].kind() == "removed");
  CHECK(run::kernel_modules(a, a).differences.empty());
}

TEST_CASE("a module of another kernel release is the same module") {
  const auto a = modules("6.12.1", {"kernel/fs/ext4.ko", "kernel/net/x.ko"});
  auto result = run::kernel_modules(a, modules("6.12.2", {"kernel/fs/ext4.ko"}, 1));
  CHECK(result.kernels_a == std::vector<std::string>{"6.12.1"});
  CHECK(result.kernels_b == std::vector<std::string>{"6.12.2"});
  REQUIRE(result.differences.size() == 2);
  CHECK(result.differences[0].name == "ext4");
  CHECK(result.differences[0].kind() == "changed");
  CHECK(run::kernel_modules(a, modules("6.12.2", {"kernel/fs/ext4.ko", "kernel/net/x.ko"}))
            .differences.empty());
}

TEST_CASE("of several kernels those of the same release belong together") {
  using Labels = std::map<std::string, std::string>;
  CHECK(run::kernel_labels({"1", "2"}, {"1", "3"}) == Labels{{"1", "1"}, {"2", "other kernel"}});
  CHECK(run::kernel_labels({"1", "3"}, {"1", "2"}) == Labels{{"1", "1"}, {"3", "other kernel"}});
  CHECK(run::kernel_labels({"1", "2"}, {"3"}) == Labels{{"1", "1"}, {"2", "2"}});
}

TEST_CASE("two modules of one name are both compared") {
  const auto a = modules("1", {"kernel/x.ko", "updates/x.ko"});
  const auto b = modules("1", {"kernel/x.ko"});
  const auto found = run::kernel_modules(a, b).differences;
  REQUIRE(found.size() == 1);
  CHECK(found[0].name == "x (updates/x.ko)");
}

TEST_CASE("what a module says of itself is compared word by word") {
  const auto facts = [](const char* version, const char* vermagic) {
    return run::module_facts(
        test::tiny_module({.info = {{"version", version}, {"vermagic", vermagic}}}), "x.ko");
  };
  run::ModuleState a{"p/x.ko", "x.ko", "1", facts("550.1", "6.12.1 SMP")};
  run::ModuleState b{"p/x.ko", "x.ko", "2", facts("550.2", "6.12.1 SMP")};
  CHECK(a.facts->version == "550.1");
  CHECK(a.facts->signer.empty());
  CHECK(run::changed_properties(a, b) == std::vector<std::string>{"version"});
  b.facts = facts("550.1", "6.12.2 SMP");
  b.place = "y/x.ko";
  CHECK(run::changed_properties(a, b) == std::vector<std::string>{"place", "vermagic"});
  b.place = a.place;
  b.facts = a.facts;
  CHECK(run::changed_properties(a, b) == std::vector<std::string>{"content"});
}

TEST_CASE("a broken module is told, not thrown") {
  CHECK_FALSE(run::module_facts("no ELF", "x.ko").broken.empty());
  CHECK_FALSE(run::module_facts("no xz", "x.ko.xz").broken.empty());
}
