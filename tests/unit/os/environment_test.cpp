// SPDX-License-Identifier: Apache-2.0
#include "os/environment.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace ingot::os;
namespace fs = std::filesystem;

TEST_CASE("unset and empty variables give the fallback", "[os]") {
  const Environment environment({{"A", "1"}, {"E", ""}}, "/", "/x");
  CHECK(environment.get("A") == "1");
  CHECK(environment.get("E") == "");
  CHECK_FALSE(environment.get("B"));
  CHECK(environment.get_or("E", "f") == "f");
  CHECK(environment.get_or("B", "f") == "f");
}

TEST_CASE("the cache is where the most particular variable says", "[os]") {
  const auto folder = [](std::map<std::string, std::string> variables) {
    return Environment(std::move(variables), "/cwd", "/x").cache_folder();
  };
  CHECK(folder({{"INGOT_CACHE", "/a"}, {"HOME", "/h"}}) == "/a");
  CHECK(folder({{"INGOT_CACHE", "rel"}}) == "/cwd/rel");
  CHECK(folder({{"XDG_CACHE_HOME", "/c"}, {"HOME", "/h"}}) == "/c/ingot");
  CHECK(folder({{"XDG_CACHE_HOME", "rel"}, {"HOME", "/h"}}) == "/h/.cache/ingot");
  CHECK_THROWS_AS(folder({}), Error);
}

TEST_CASE("programs are found on PATH in its order, if they can be executed", "[os]") {
  const TempDir root("environment test");
  write_file(root.path() / "one" / "tool", "", 0644);
  write_file(root.path() / "two" / "tool", "", 0755);
  write_file(root.path() / "three" / "tool", "", 0755);
  fs::create_directories(root.path() / "one" / "folder");
  const std::string path = (root.path() / "one").string() + "::" + (root.path() / "two").string() +
                           ":" + (root.path() / "three").string();
  const Environment environment({{"PATH", path}}, root.path(), "/x");
  CHECK(find_program(environment, "tool") == root.path() / "two" / "tool");
  CHECK(find_program(environment, "three/tool") == root.path() / "three/tool");
  CHECK_FALSE(find_program(environment, "folder"));
  CHECK_FALSE(find_program(environment, "no-such-program"));
  CHECK_FALSE(find_program(environment, ""));
}

TEST_CASE("the real environment knows its folder and its program", "[os]") {
  const Environment environment = Environment::of_process();
  CHECK(environment.cwd() == fs::current_path());
  CHECK(fs::exists(environment.executable()));
}
