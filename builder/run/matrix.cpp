// SPDX-License-Identifier: Apache-2.0
#include "run/matrix.hpp"

#include "base/format.hpp"
#include "os/clock.hpp"
#include "os/network.hpp"
#include "os/signals.hpp"
#include "run/pair_trial.hpp"

namespace ingot::run {
namespace {

/// Calls `work`; an error that is none of the pair's makes its trial void, and the next goes on.
template <class Work>
bool attempt(TriedPair& tried, Report& report, Work work) {
  os::check_stop();
  try {
    work();
    return true;
  } catch (const Error& error) {
    if (error.fault() == Fault::internal) throw;
    tried.fault = error.fault();
    tried.complaint = "could not be tried: " + first_error({}, error.message());
    report.warning(format("{}: {}", name_of(tried.pair), error.what()));
    return false;
  }
}

void separate_network(Report& report) {
  try {
    os::enter_private_network();
  } catch (const Error& error) {
    report.warning(
        format("the nodes under test share this machine's network: {}", error.message()));
  }
}

}  // namespace

std::vector<TriedPair> try_pairs(const MatrixRequest& request, Mirrors& mirrors,
                                 const store::Store& store, const os::Runner& runner,
                                 const os::Environment& environment, Report& report) {
  std::vector<TriedPair> all;
  std::vector<std::optional<ReadyPair>> ready;
  // All that needs the network comes first: booting is done without.
  for (const spec::Pair& pair : request.pairs) {
    TriedPair& tried = all.emplace_back(TriedPair{pair, {}, {}});
    auto& slot = ready.emplace_back();
    attempt(tried, report, [&] {
      report.note(format("{}: resolving packages", name_of(pair)));
      slot = prepare_pair(pair, request, mirrors, store, runner, environment, report);
    });
  }
  if (request.boot) separate_network(report);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!ready[i]) continue;
    TriedPair& tried = all[i];
    attempt(tried, report, [&] {
      report.note(format("{}: trying", name_of(tried.pair)));
      const spec::FoundPair found =
          try_pair(*ready[i], tried.pair, request, store, runner, environment, report);
      tried.complaint = judge_pair(tried.pair, found, request.boot);
      tried.pair.tested = os::rfc3339(os::system_clock().unix_time()).substr(0, 10);
      tried.pair.found = found;
    });
    report.note(format("{}: {}", name_of(tried.pair),
                       tried.complaint.empty() ? "as expected" : tried.complaint));
  }
  return all;
}

}  // namespace ingot::run
