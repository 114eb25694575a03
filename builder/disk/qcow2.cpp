// SPDX-License-Identifier: Apache-2.0
#include "disk/qcow2.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include <fcntl.h>

#include "archive/zstd_block.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "os/place.hpp"
#include "os/file.hpp"
#include "os/signals.hpp"

namespace ingot::disk {
namespace {

namespace fs = std::filesystem;

constexpr unsigned cluster_bits = 16;
constexpr std::uint64_t cluster = 1ULL << cluster_bits;
constexpr std::uint64_t sector = 512;
constexpr std::uint64_t entries = cluster / 8;  ///< of L1, L2 and refcount tables
constexpr std::uint64_t counts = cluster / 2;   ///< 16-bit refcounts in a block
constexpr std::uint64_t copied = 1ULL << 63;    ///< the refcount is exactly one
constexpr std::uint64_t compressed = 1ULL << 62;
constexpr unsigned sectors_shift = 62 - (cluster_bits - 8);  ///< in a compressed cluster's entry
constexpr std::uint64_t l1_offset = cluster;
constexpr std::size_t batch = 256;  ///< clusters read, compressed and written at a time: 16 MiB

std::uint64_t divided_up(std::uint64_t value, std::uint64_t by) { return (value + by - 1) / by; }

template <class Number>
void put(std::span<std::uint8_t> bytes, std::size_t at, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    bytes[at + i] = static_cast<std::uint8_t>(number >> (8 * (sizeof(Number) - 1 - i)));
}

bool is_zero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

/// A cluster of the guest that holds more than zeros.
struct Piece {
  std::uint64_t number = 0;
  std::vector<std::uint8_t> plain;
  std::vector<std::uint8_t> packed;  ///< empty: it does not get smaller
};

/// Runs `work(i)` for all i below `count` on some threads; the first failure is thrown here.
template <class Make>
void in_parallel(std::size_t count, unsigned workers, Make make_worker) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex mutex;
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < workers; ++i) {
      threads.emplace_back([&] {
        try {
          auto work = make_worker();
          for (std::size_t at = next++; at < count; at = next++) work(at);
        } catch (...) {
          const std::scoped_lock lock(mutex);
          if (!failure) failure = std::current_exception();
          next = count;
        }
      });
    }
  }
  if (failure) std::rethrow_exception(failure);
}

class Writer {
public:
  Writer(const fs::path& raw, const fs::path& output, const Qcow2Options& options)
      : raw_(raw), source_(os::open_file(raw, O_RDONLY)), file_(output), options_(options) {
    struct stat status {};
    if (::fstat(source_.get(), &status) != 0) throw_errno("cannot look at " + raw.string());
    size_ = static_cast<std::uint64_t>(status.st_size);
    if (size_ == 0 || size_ % sector != 0) {
      throw Error(Fault::input,
                  format("{} is no raw disk: {} bytes are no whole sectors", raw.string(), size_));
    }
    tables_ = divided_up(size_, cluster * entries);
    end_ = l1_offset + round_up(tables_ * 8, cluster);
    count(0, end_);
  }

  void run() {
    write_clusters();
    write_tables();
    const std::uint64_t refcounts = write_refcounts();
    write_header(refcounts);
    file_.commit();
  }

private:
  /// Notes that the range is used once more.
  void count(std::uint64_t offset, std::uint64_t length) {
    const std::uint64_t last = (offset + length - 1) / cluster;
    if (refcounts_.size() <= last) refcounts_.resize(last + 1);
    for (std::uint64_t at = offset / cluster; at <= last; ++at) ++refcounts_[at];
  }

  /// The first cluster from `offset` on that is not wholly in a hole.
  std::optional<std::uint64_t> next_data(std::uint64_t offset) {
    if (offset >= size_) return std::nullopt;
    const off_t found = ::lseek(source_.get(), static_cast<off_t>(offset), SEEK_DATA);
    if (found >= 0) return static_cast<std::uint64_t>(found) / cluster;
    if (errno == ENXIO) return std::nullopt;
    // A file system that does not know of holes.
    if (errno == EINVAL) return offset / cluster;
    throw_errno("cannot read " + raw_.string());
  }

  void write_clusters() {
    std::vector<Piece> pieces;
    for (auto number = next_data(0); number; number = next_data((*number + 1) * cluster)) {
      const std::uint64_t offset = *number * cluster;
      Piece piece{*number, std::vector<std::uint8_t>(cluster), {}};
      os::read_at(source_.get(), raw_, offset,
              std::span(piece.plain).first(std::min(cluster, size_ - offset)));
      if (is_zero(piece.plain)) continue;
      pieces.push_back(std::move(piece));
      if (pieces.size() == batch) write_pieces(pieces);
    }
    write_pieces(pieces);
    end_ = round_up(end_, cluster);
  }

  void write_pieces(std::vector<Piece>& pieces) {
    os::check_stop();
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    in_parallel(pieces.size(), options_.workers != 0 ? options_.workers : cores, [&] {
      return [&, blocks = archive::ZstdBlocks(options_.level)](std::size_t at) mutable {
        Piece& piece = pieces[at];
        // A sector must be won, or reading would cost more than it saves.
        piece.packed.resize(cluster - sector);
        piece.packed.resize(blocks.compress(piece.plain, piece.packed).value_or(0));
      };
    });
    for (const Piece& piece : pieces) write_piece(piece);
    pieces.clear();
  }

  void write_piece(const Piece& piece) {
    std::vector<std::uint64_t>& table = l2_[piece.number / entries];
    if (table.empty()) table.resize(entries);
    std::uint64_t& entry = table[piece.number % entries];
    if (piece.packed.empty()) {
      end_ = round_up(end_, cluster);
      entry = copied | end_;
      write(piece.plain);
    } else {
      const std::uint64_t last = end_ + piece.packed.size() - 1;
      entry = compressed | (last / sector - end_ / sector) << sectors_shift | end_;
      write(piece.packed);
    }
  }

  void write(std::span<const std::uint8_t> bytes) {
    os::write_at(file_.fd(), file_.temporary(), end_, bytes);
    count(end_, bytes.size());
    end_ += bytes.size();
  }

  void write_tables() {
    std::vector<std::uint8_t> l1(round_up(tables_ * 8, cluster));
    for (const auto& [number, table] : l2_) {
      put(l1, number * 8, copied | end_);
      std::vector<std::uint8_t> bytes(cluster);
      for (std::size_t i = 0; i < table.size(); ++i) put(bytes, i * 8, table[i]);
      write(bytes);
    }
    os::write_at(file_.fd(), file_.temporary(), l1_offset, l1);
  }

  /// Where the table of the refcount blocks lies; it and they are counted as well.
  std::uint64_t write_refcounts() {
    const std::uint64_t used = end_ / cluster;
    std::uint64_t blocks = 1;
    while (divided_up(used + blocks + table_clusters(blocks), counts) > blocks) ++blocks;
    refcount_clusters_ = table_clusters(blocks);
    refcounts_.resize(used + blocks + refcount_clusters_, 1);
    std::vector<std::uint8_t> table(refcount_clusters_ * cluster);
    std::vector<std::uint8_t> content(blocks * cluster);
    const std::uint64_t first = end_ + table.size();
    for (std::uint64_t i = 0; i < blocks; ++i) put(table, i * 8, first + i * cluster);
    for (std::size_t i = 0; i < refcounts_.size(); ++i) put(content, i * 2, refcounts_[i]);
    const std::uint64_t at = end_;
    os::write_at(file_.fd(), file_.temporary(), at, table);
    os::write_at(file_.fd(), file_.temporary(), first, content);
    return at;
  }

  static std::uint64_t table_clusters(std::uint64_t blocks) { return divided_up(blocks, entries); }

  void write_header(std::uint64_t refcount_table) {
    constexpr std::uint64_t other_compression = 1U << 3;
    constexpr std::uint32_t header_length = 112;
    std::vector<std::uint8_t> header(cluster);
    put(header, 0, std::uint32_t{0x514649fb});
    put(header, 4, std::uint32_t{3});
    put(header, 20, std::uint32_t{cluster_bits});
    put(header, 24, size_);
    put(header, 36, static_cast<std::uint32_t>(tables_));
    put(header, 40, l1_offset);
    put(header, 48, refcount_table);
    put(header, 56, static_cast<std::uint32_t>(refcount_clusters_));
    put(header, 72, other_compression);
    put(header, 96, std::uint32_t{4});  // refcounts of 1 << 4 bits
    put(header, 100, header_length);
    header[104] = 1;  // zstd
    os::write_at(file_.fd(), file_.temporary(), 0, header);
  }

  const fs::path& raw_;
  os::Fd source_;
  os::AtomicFile file_;
  const Qcow2Options& options_;
  std::uint64_t size_ = 0;
  std::uint64_t tables_ = 0;  ///< L2 tables that the size needs
  std::uint64_t end_ = 0;     ///< of what was written
  std::uint64_t refcount_clusters_ = 0;
  std::map<std::uint64_t, std::vector<std::uint64_t>> l2_;
  std::vector<std::uint16_t> refcounts_;
};

}  // namespace

void write_qcow2(const fs::path& raw, const fs::path& output, const Qcow2Options& options) {
  during(format("writing {}", output.string()), [&] { Writer(raw, output, options).run(); });
}

}  // namespace ingot::disk
