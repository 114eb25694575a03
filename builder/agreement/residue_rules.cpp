// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "agreement/rule.hpp"
#include "base/words.hpp"

namespace ingot::agreement {
namespace {

bool is_host_key(std::string_view path) {
  return path.starts_with("etc/ssh/ssh_host_") || path.starts_with("etc/dropbear/dropbear_");
}

void no_host_keys(const Subject& subject, Verdict& verdict) {
  for (const std::string& path : subject.tree.paths_below("etc"))
    if (is_host_key(path)) verdict.fault(path, "a host key", "made by each node itself");
}

void no_machine_id(const Subject& subject, Verdict& verdict) {
  for (const char* path : {"etc/machine-id", "var/lib/dbus/machine-id"}) {
    const Entry* entry = subject.tree.find(path);
    if (entry == nullptr || entry->kind == os::FileKind::link) continue;
    const std::string text = subject.tree.root().read(path).value_or("");
    if (!trimmed(text).empty() && trimmed(text) != "uninitialized")
      verdict.fault(path, "a machine id", "an empty file; systemd makes one at boot");
  }
}

void no_seed(const Subject& subject, Verdict& verdict) {
  for (const char* path : {"var/lib/systemd/random-seed", "var/lib/urandom/random-seed",
                           "var/lib/systemd/credential.secret", "boot/loader/random-seed"})
    if (subject.tree.has(path))
      verdict.fault(path, "a seed or secret that all nodes would share", "not there");
}

// "-----BEGIN RSA PRIVATE KEY-----" and its kin.
bool holds_private_key(std::string_view text) {
  constexpr std::string_view begin = "-----BEGIN ";
  for (std::size_t at = text.find(begin); at != std::string_view::npos;
       at = text.find(begin, at + 1)) {
    const std::string_view label = text.substr(at + begin.size(), 64);
    const std::size_t end = label.find("-----");
    if (end != std::string_view::npos && label.substr(0, end).ends_with("PRIVATE KEY")) return true;
  }
  return false;
}

void no_private_keys(const Subject& subject, Verdict& verdict) {
  // Keys are small; a larger file that holds one is none that a program reads.
  constexpr std::uint64_t largest_key = 256U << 10;
  constexpr std::array<std::string_view, 7> folders = {"etc", "root",          "home", "srv",
                                                       "opt", "usr/lib/ingot", "var"};
  for (const std::string_view folder : folders) {
    for (const std::string& path : subject.tree.paths_below(folder)) {
      const Entry& entry = *subject.tree.find(path);
      if (entry.kind != os::FileKind::regular || is_host_key(path)) continue;
      const bool named = path.ends_with(".key") || path.ends_with(".priv") ||
                         name_in(path) == "id_rsa" || name_in(path) == "id_ed25519";
      const bool told = entry.size <= largest_key &&
                        holds_private_key(subject.tree.root().read(path, largest_key).value_or(""));
      if (named || told) verdict.fault(path, "a private key", "no keys in an image");
    }
  }
}

void no_package_lists(const Subject& subject, Verdict& verdict) {
  for (const char* folder : {"var/lib/apt/lists", "var/cache/apt"})
    for (const std::string& path : subject.tree.paths_below(folder))
      if (subject.tree.find(path)->kind == os::FileKind::regular && name_in(path) != "lock")
        verdict.fault(path, "apt's lists or cache", "an empty folder");
}

// What Debian itself and the driver's packages install so.
constexpr std::array<std::string_view, 26> known_setid = {
    "usr/bin/chage",
    "usr/bin/chfn",
    "usr/bin/chsh",
    "usr/bin/crontab",
    "usr/bin/expiry",
    "usr/bin/fusermount3",
    "usr/bin/gpasswd",
    "usr/bin/mount",
    "usr/bin/newgidmap",
    "usr/bin/newgrp",
    "usr/bin/newuidmap",
    "usr/bin/nvidia-modprobe",
    "usr/bin/passwd",
    "usr/bin/pkexec",
    "usr/bin/ssh-agent",
    "usr/bin/su",
    "usr/bin/sudo",
    "usr/bin/umount",
    "usr/bin/wall",
    "usr/bin/write.ul",
    "usr/lib/dbus-1.0/dbus-daemon-launch-helper",
    "usr/lib/openssh/ssh-keysign",
    "usr/lib/polkit-1/polkit-agent-helper-1",
    "usr/sbin/mount.nfs",
    "usr/sbin/pam_extrausers_chkpwd",
    "usr/sbin/unix_chkpwd",
};

void known_setid_files(const Subject& subject, Verdict& verdict) {
  std::size_t seen = 0;
  for (const auto& [path, entry] : subject.tree.all()) {
    if (entry.kind != os::FileKind::regular || (entry.mode & 06000U) == 0) continue;
    ++seen;
    if (std::find(known_setid.begin(), known_setid.end(), path) == known_setid.end())
      verdict.fault(path, (entry.mode & 04000U) != 0 ? "setuid" : "setgid",
                    "only files that are known to need it");
  }
  verdict.saw("", std::to_string(seen) + " setuid and setgid files");
}

void no_empty_passwords(const Subject& subject, Verdict& verdict) {
  for (const char* file : {"etc/shadow", "etc/passwd"}) {
    const std::string text = subject.tree.root().read(file).value_or("");
    for (const std::string& line : split(text, '\n')) {
      const auto fields = split(line, ':');
      if (fields.size() >= 2 && fields[1].empty())
        verdict.fault(file, "account " + fields[0] + " has an empty password", "a locked account");
    }
  }
}

constexpr std::array rules = {
    Rule{"img.hostkeys", "there are no host keys", "all nodes would share them",
         "let the node make them when it first boots", no_host_keys},
    Rule{"img.machineid", "there is no machine id", "all nodes would share it",
         "leave /etc/machine-id empty", no_machine_id},
    Rule{"img.seed", "there is no random seed or credential secret", "all nodes would share it",
         "remove the file in a finish script", no_seed},
    Rule{"img.privatekeys", "there are no private keys",
         "DKMS leaves its signing key behind (Debian, dkms)",
         "bring keys to the node when it is provisioned", no_private_keys},
    Rule{"img.aptlists", "there are no package lists or cached packages",
         "they differ from build to build", "remove them in a finish script", no_package_lists},
    Rule{"img.setuid", "only files known to need it are setuid or setgid",
         "a hostile or mistaken package", "remove the bits in a finish script, or the package",
         known_setid_files},
    Rule{"img.password", "no account has an empty password", "anybody could log in",
         "lock the account with passwd --lock", no_empty_passwords},
};

}  // namespace

std::span<const Rule> residue_rules() { return rules; }

}  // namespace ingot::agreement
