// SPDX-License-Identifier: Apache-2.0
#include "boot/kernel_line.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using boot::kernel_line;

TEST_CASE("words make one line") {
  CHECK(kernel_line({}).empty());
  CHECK(kernel_line({"root=PARTUUID=1", "quiet", "console=tty0", "console=ttyS0,115200n8"}) ==
        "root=PARTUUID=1 quiet console=tty0 console=ttyS0,115200n8");
  CHECK(kernel_line({"dyndbg=\"file a.c +p\"", "quiet"}) == "dyndbg=\"file a.c +p\" quiet");
}

TEST_CASE("a word given twice in the same spelling is there once") {
  CHECK(kernel_line({"quiet", "a=1", "quiet"}) == "quiet a=1");
}

TEST_CASE("two values of one parameter are refused, except where lists are usual") {
  CHECK_THROWS_AS(kernel_line({"root=/dev/a", "root=/dev/b"}), Error);
  CHECK_THROWS_AS(kernel_line({"log-buf-len=1M", "log_buf_len=2M"}), Error);
  CHECK(kernel_line({"modprobe.blacklist=nouveau", "modprobe.blacklist=nova_core"}) ==
        "modprobe.blacklist=nouveau modprobe.blacklist=nova_core");
}

TEST_CASE("words that the kernel would read otherwise are refused") {
  for (const std::string& word :
       {std::string(), std::string("a b"), std::string("a\nb"), std::string("a\tb"),
        std::string("a=\"b"), std::string("a\"b\"=c"), std::string("a=\"b\"c"),
        std::string("a=b\"c d\""), std::string("\"a b\""), std::string("=b"), std::string("a=\""),
        std::string("a\0b", 3), std::string("a=\xc3\xa4")}) {
    INFO(word);
    try {
      kernel_line({word});
      FAIL_CHECK("it was accepted");
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::input);
    }
  }
}

TEST_CASE("a line longer than the kernel takes is refused") {
  CHECK(kernel_line({std::string(2047, 'x')}).size() == 2047);
  CHECK_THROWS_AS(kernel_line({std::string(2048, 'x')}), Error);
}
