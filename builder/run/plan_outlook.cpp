// SPDX-License-Identifier: Apache-2.0
#include "run/plan_outlook.hpp"

#include <algorithm>
#include <map>

#include "os/file.hpp"
#include "run/format_steps.hpp"
#include "run/result_cost.hpp"
#include "run/tree_steps.hpp"

namespace ingot::run {
namespace {

/// Images that the store has records of.
std::vector<std::string> recorded_images(const store::Store& store) {
  constexpr std::string_view ending = ".json";
  std::vector<std::string> names;
  std::error_code failed;
  for (std::filesystem::directory_iterator at(store.folder() / "records", failed), end;
       !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(ending)) names.push_back(name.substr(0, name.size() - ending.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Prospect {
public:
  Prospect(const spec::ResolvedImage& image, const plan::Plan& plan, const FormatKeys& keys,
           const store::Store& store, Report& report)
      : image_(image), plan_(plan), keys_(keys), store_(store), report_(report) {
    before_ = record_of(image.name);
    for (const std::string& name : recorded_images(store)) {
      if (name == image.name) continue;
      others_.push_back(name);
      if (const auto record = record_of(name))
        for (const auto& [step, told] : *record) elsewhere_.try_emplace(step, told.cost);
    }
  }

  std::vector<OutlookRow> rows() {
    for (const plan::Step& step : plan_.steps) rows_.push_back(row_of(step));
    add_formats();
    return std::move(rows_);
  }

private:
  std::optional<plan::Record> record_of(const std::string& image) const {
    const auto text = os::read_file_if_any(record_file(store_, image));
    return text ? plan::parse_record(*text) : std::nullopt;
  }

  plan::StepCost last_cost(const std::string& step) const {
    if (before_)
      if (const auto old = before_->find(step); old != before_->end() && old->second.cost.time)
        return old->second.cost;
    const auto other = elsewhere_.find(step);
    return other == elsewhere_.end() ? plan::StepCost{} : other->second;
  }

  plan::StepCost last_cost_of_format(const std::string& format) const {
    std::vector<std::string> images = {image_.name};
    images.insert(images.end(), others_.begin(), others_.end());
    for (const std::string& image : images)
      for (const Sha256& newest : store_.newest(image + "/" + format))
        if (const auto entry = store_.find_entry(newest))
          if (const plan::StepCost cost = cost_of(*entry); cost.time) return cost;
    return {};
  }

  OutlookRow row_of(const plan::Step& step) const {
    OutlookRow row{.step = step.name, .key = step.key};
    if (const auto entry = find_tree(store_, step.key)) {
      row.outlook = Outlook::hit;
      row.cost = cost_of(*entry);
      return row;
    }
    row.outlook = step.hidden.empty() ? Outlook::miss : Outlook::maybe;
    row.cost = last_cost(step.name);
    if (!before_) {
      row.reasons = {"this image was not built with this store before"};
      return row;
    }
    row.reasons = plan::reasons_for(step, plan_, *before_);
    if (row.reasons.empty()) row.reasons = {"its result is not in the store any more"};
    return row;
  }

  void add_formats() {
    const auto list = find_format(store_, report_, keys_.of_file_list());
    rows_.push_back(
        format_row(std::string(file_list_format), keys_.of_file_list(), list.has_value()));
    for (const std::string& name : format_names(image_)) {
      if (!list) {
        rows_.push_back(format_row(name, {}, false));
        continue;
      }
      const Sha256 key = keys_.of(name, list->files.front().measured->digest);
      rows_.push_back(format_row(name, key, find_format(store_, report_, key).has_value()));
    }
  }

  OutlookRow format_row(const std::string& name, std::optional<Sha256> key, bool found) const {
    OutlookRow row{.step = name, .outlook = found ? Outlook::hit : Outlook::miss, .key = key};
    row.cost = last_cost_of_format(name);
    if (found) return row;
    if (!key) row.outlook = Outlook::maybe;
    row.reasons = {!key                       ? "made again only if the tree becomes another one"
                   : name == file_list_format ? "the tree is made again"
                                              : "this tree was not written in this format before"};
    return row;
  }

  const spec::ResolvedImage& image_;
  const plan::Plan& plan_;
  const FormatKeys& keys_;
  const store::Store& store_;
  Report& report_;
  std::optional<plan::Record> before_;
  std::vector<std::string> others_;                  ///< images built with this store
  std::map<std::string, plan::StepCost> elsewhere_;  ///< what their steps took
  std::vector<OutlookRow> rows_;
};

}  // namespace

std::string_view name_of(Outlook outlook) noexcept {
  switch (outlook) {
    case Outlook::hit:
      return "hit";
    case Outlook::maybe:
      return "maybe";
    case Outlook::miss:
      return "miss";
  }
  return "unknown";
}

std::filesystem::path record_file(const store::Store& store, const std::string& image) {
  return store.folder() / "records" / (image + ".json");
}

std::vector<OutlookRow> plan_outlook(const spec::ResolvedImage& image, const plan::Plan& plan,
                                     const FormatKeys& keys, const store::Store& store,
                                     Report& report) {
  return Prospect(image, plan, keys, store, report).rows();
}

}  // namespace ingot::run
