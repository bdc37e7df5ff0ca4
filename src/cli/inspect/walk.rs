//! Which files a path on the command line means: itself, or every file of a folder, sorted, so that two runs compare.
//! A link to a folder below it is not followed: it may lead back.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The files below `path`; an unreadable folder is an error in their midst.
pub fn files(path: &Path) -> Vec<anyhow::Result<PathBuf>> {
    if !path.is_dir() {
        return vec![Ok(path.to_owned())];
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        match entries(&folder) {
            Ok((files, below)) => {
                found.extend(files.into_iter().map(Ok));
                folders.extend(below.into_iter().rev());
            }
            Err(error) => found.push(Err(error)),
        }
    }
    found
}

fn entries(folder: &Path) -> anyhow::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let unreadable = || format!("{} cannot be read", folder.display());
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let (kind, path) = (entry.file_type().with_context(unreadable)?, entry.path());
        if kind.is_dir() {
            folders.push(path);
        } else if !(kind.is_symlink() && path.is_dir()) {
            files.push(path);
        }
    }
    files.sort();
    folders.sort();
    Ok((files, folders))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_means_every_file_in_it_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("b/c")).unwrap();
        for name in ["z.txt", "a.txt", "b/2.txt", "b/c/1.txt"] {
            fs::write(at(name), name).unwrap();
        }
        std::os::unix::fs::symlink(folder.path(), at("b/back")).unwrap();
        std::os::unix::fs::symlink(at("z.txt"), at("link.txt")).unwrap();
        let found: Vec<_> = files(folder.path()).into_iter().map(Result::unwrap).collect();
        assert_eq!(found, ["a.txt", "link.txt", "z.txt", "b/2.txt", "b/c/1.txt"].map(at));
        assert_eq!(files(&at("nowhere"))[0].as_ref().unwrap(), &at("nowhere"));
    }
}
