//! What a worker may not do, put up by itself before it sees a file: memory, time and descriptors are limited by every
//! kernel; files, network and system calls by those that have Landlock and seccomp.

use std::collections::BTreeMap;
use std::io;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use serde::{Deserialize, Serialize};

const MIB: u64 = 1024 * 1024;
/// All that is mapped.
const ADDRESS_SPACE: u64 = 1024 * MIB;
/// What is written to: this, and not the address space, is what other processes of the machine would lack.
const MEMORY: u64 = 480 * MIB;
/// Standard input, output and error, the file, and one to spare.
const DESCRIPTORS: u64 = 5;
/// Processor seconds for one file.
const SECONDS: u64 = 10;
/// Processor seconds for all files that a worker sees: nothing in it can lift this one.
const SECONDS_IN_ALL: u64 = 600;

/// Which walls stand, beside the limits, without which no worker works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    /// No file can be opened and no network reached, as far as this kernel's Landlock goes.
    pub landlock: bool,
    /// No system call but the few that parsing needs.
    pub seccomp: bool,
}

/// Puts up every wall that this kernel has.
///
/// # Errors
/// When a limit cannot be set.
pub fn put_up() -> io::Result<InForce> {
    for (resource, most) in [
        (Resource::As, ADDRESS_SPACE),
        (Resource::Data, MEMORY),
        (Resource::Fsize, 0),
        (Resource::Nofile, DESCRIPTORS),
        (Resource::Core, 0),
        (Resource::Cpu, SECONDS_IN_ALL),
    ] {
        limit(resource, most, most)?;
    }
    rustix::thread::set_no_new_privs(true)?;
    Ok(InForce { landlock: deny_access().unwrap_or(false), seccomp: filter_calls().is_ok() })
}

/// Gives the next file its processor time.
///
/// # Errors
/// When the limit cannot be set.
pub fn allow_time() -> io::Result<()> {
    let used = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(0);
    // The kernel counts whole seconds, so a started one is given.
    limit(Resource::Cpu, used + 1 + SECONDS, SECONDS_IN_ALL)
}

/// A limit that stood before and is lower stays.
fn limit(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    let before = getrlimit(resource);
    let maximum = before.maximum.map_or(hard, |maximum| maximum.min(hard));
    Ok(setrlimit(resource, Rlimit { current: Some(soft.min(maximum)), maximum: Some(maximum) })?)
}

/// Landlock without a rule: no access that it knows of is left.
fn deny_access() -> Result<bool, RulesetError> {
    let abi = ABI::V6;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

/// System calls that parsing needs and that reach nothing outside.
const ALLOWED: &[i64] = &[
    libc::SYS_read,
    libc::SYS_pread64,
    libc::SYS_readv,
    libc::SYS_preadv,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_close,
    libc::SYS_recvmsg,
    libc::SYS_sendmsg,
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_sched_yield,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Every other call fails as not permitted. It does not kill: libraries try this and that, and do without.
fn filter_calls() -> Result<(), seccompiler::Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    // Memory never becomes code.
    let executable = SeccompCmpOp::MaskedEq(bits(libc::PROT_EXEC));
    rules.insert(libc::SYS_mmap, only(2, executable.clone(), 0)?);
    rules.insert(libc::SYS_mprotect, only(2, executable, 0)?);
    // Only itself, which is how `abort` ends.
    rules.insert(libc::SYS_tgkill, only(0, SeccompCmpOp::Eq, u64::from(std::process::id()))?);
    // Only to standard error, which a parser that panics writes to and which goes nowhere.
    rules.insert(libc::SYS_write, only(0, SeccompCmpOp::Eq, bits(libc::STDERR_FILENO))?);
    // Only its own processor time, within the limit that stands.
    rules.insert(libc::SYS_prlimit64, only(1, SeccompCmpOp::Eq, u64::from(libc::RLIMIT_CPU))?);
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(rules, denied, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?;
    seccompiler::apply_filter(&BpfProgram::try_from(filter)?)
}

/// A call is allowed when one of its arguments is so.
fn only(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<Vec<SeccompRule>, seccompiler::Error> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)?;
    Ok(vec![SeccompRule::new(vec![condition])?])
}

fn bits(flag: libc::c_int) -> u64 {
    u64::from(flag.unsigned_abs())
}
