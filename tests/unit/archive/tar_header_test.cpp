// SPDX-License-Identifier: Apache-2.0
#include "archive/tar_header.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using archive::encoded;
using archive::TarHeader;

TEST_CASE("an ordinary member is one block", "[archive]") {
  TarHeader header;
  header.path = "etc/hosts";
  header.mode = 0644;
  header.size = 10;
  const std::string block = encoded(header);
  REQUIRE(block.size() == 512);
  CHECK(block.substr(0, 10) == std::string("etc/hosts\0", 10));
  CHECK(block.substr(100, 8) == std::string("0000644\0", 8));
  CHECK(block.substr(124, 12) == std::string("00000000012\0", 12));
  CHECK(block.substr(257, 8) == std::string("ustar\0"
                                            "00",
                                            8));
}

TEST_CASE("what does not fit into ustar becomes a pax record", "[archive]") {
  TarHeader header;
  header.path = std::string(100, 'p');
  CHECK(encoded(header).size() == 512);
  header.path += 'q';
  const std::string block = encoded(header);
  REQUIRE(block.size() == 3 * 512);
  CHECK(block[156] == 'x');
  // "111 path=" and the newline count as well.
  CHECK(block.substr(512, 111) == "111 path=" + header.path + "\n");
}

TEST_CASE("the length of a pax record counts its own digits", "[archive]") {
  for (std::size_t size = 101; size < 1100; ++size) {
    TarHeader header;
    header.path = std::string(size, 'p');
    const std::string block = encoded(header);
    const std::string content = block.substr(512, block.size() - 1024);
    const std::size_t length = std::stoul(content);
    REQUIRE(content[length - 1] == '\n');
    REQUIRE(content.find('\0') == (length == content.size() ? std::string::npos : length));
  }
}

TEST_CASE("large numbers and times before 1970 are stated", "[archive]") {
  TarHeader header;
  header.path = "f";
  header.uid = 0x7fffffff;
  header.size = 1ULL << 40;
  header.mtime = -1;
  const std::string block = encoded(header);
  CHECK(block.find("uid=2147483647\n") != std::string::npos);
  CHECK(block.find("size=1099511627776\n") != std::string::npos);
  CHECK(block.find("mtime=-1\n") != std::string::npos);
}
