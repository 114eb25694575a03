// SPDX-License-Identifier: Apache-2.0
#include "program.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>

#include <sys/resource.h>

#include "broken.hpp"
#include "file.hpp"
#include "node.hpp"
#include "publish.hpp"

namespace ingot::selftest {

namespace {

constexpr int passed = 0;
constexpr int mistake = 1;
constexpr int wrong_usage = 2;
constexpr int failed = 8;

void print_list(std::ostream& out) {
  for (const Check& check : catalogue()) {
    std::string id(check.id);
    id.resize(std::max<std::size_t>(id.size(), 15), ' ');
    std::string when(name_of(check.when));
    when.resize(8, ' ');
    out << id << name_of(check.severity) << "  " << when << (check.at_build ? "build  " : "       ")
        << check.what << "\n";
  }
}

void print_explanation(const std::string& id, std::ostream& out) {
  for (const Check& check : catalogue()) {
    if (check.id != id) continue;
    out << check.id << " (severity " << name_of(check.severity) << ", " << name_of(check.when)
        << ", at most " << check.limit.count() / 1000 << " s)\n"
        << check.what << "\n\n"
        << check.explain << "\n";
  }
}

std::vector<const Check*> chosen(const std::vector<std::string>& only) {
  std::vector<const Check*> checks;
  for (const Check& check : catalogue()) {
    if (only.empty() || std::find(only.begin(), only.end(), check.id) != only.end()) {
      checks.push_back(&check);
    }
  }
  return checks;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds() {
  double sum = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    ::getrusage(who, &usage);
    sum += seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  }
  return sum;
}

int test_node(const Options& options, std::ostream& out, std::ostream& err) {
  const auto start = std::chrono::steady_clock::now();
  const Node node = look_at(options);
  Report report = make_report(node, run_checks(chosen(options.only), node));
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report.cpu_seconds = cpu_seconds();
  if (options.publish) {
    for (const std::string& line : failure_lines(report)) out << line << "\n";
    out << summary_line(report) << "\n" << std::flush;
    for (const std::string& fault : publish(report, node.roots)) {
      err << "ingot-selftest: not published: " << fault << "\n";
    }
  }
  if (options.json == "-")
    out << to_json(report) << "\n";
  else if (options.json)
    write_whole(*options.json, to_json(report) + "\n");
  if (options.human || (!options.json && !options.publish)) out << table_of(report);
  return report.passed ? passed : failed;
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
  try {
    const Options options = parse_options(arguments);
    switch (options.task) {
      case Task::help:
        out << usage_text();
        return passed;
      case Task::list:
        print_list(out);
        return passed;
      case Task::explain:
        print_explanation(options.explain, out);
        return passed;
      case Task::run:
        return test_node(options, out, err);
    }
    return mistake;
  } catch (const Usage& error) {
    err << "ingot-selftest: " << error.what() << "\n";
    return wrong_usage;
  } catch (const std::exception& error) {
    err << "ingot-selftest: " << error.what() << "\n";
    return mistake;
  }
}

}  // namespace ingot::selftest
