//! The program, the inputs, and the nets that several rows share; each is trained once, when it is first asked for.

use super::checks::NotTried;
use super::sandbox::Sandbox;
use std::cell::OnceCell;
use std::path::PathBuf;

/// What every row is given.
#[derive(Debug)]
pub struct Context {
    /// The command.
    pub program: PathBuf,
    /// The folder of the inputs.
    pub inputs: PathBuf,
    folder: tempfile::TempDir,
    nets: [OnceCell<Result<(), String>>; NETS.len()],
}

/// A net that rows share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Net {
    /// The default classifier, five epochs.
    Base5,
    /// The demo's two nets.
    Demo,
    /// A GAN of one epoch.
    Gan,
    /// A large classifier, hardly trained.
    Large,
}

/// All of them: the name of the run, and the command that makes it.
const NETS: [(Net, &str, &str); 4] = [
    (Net::Base5, "base5", "train classifier --epochs 5"),
    (Net::Demo, "demo", "demo --n 100"),
    (Net::Gan, "gan", "train gan --epochs 1"),
    (Net::Large, "large", "train classifier --arch madry --epochs 1 --data few"),
];

impl Net {
    fn row(self) -> usize {
        NETS.iter().position(|(net, ..)| *net == self).unwrap_or(0)
    }

    /// The name of its run directory.
    pub fn name(self) -> &'static str {
        NETS[self.row()].1
    }
}

impl Context {
    /// Without nets yet.
    ///
    /// # Errors
    /// If there is no temporary folder.
    pub fn new(program: PathBuf, inputs: PathBuf) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|e| format!("no temporary folder: {e}"))?;
        Ok(Self { program, inputs, folder, nets: Default::default() })
    }

    /// A new folder with the inputs and these trained nets in it.
    ///
    /// # Errors
    /// If a net does not train, or there is no folder.
    pub fn sandbox(&self, nets: &[Net]) -> Result<Sandbox<'_>, NotTried> {
        let sandbox = Sandbox::new(&self.program, &self.inputs)?;
        for net in nets {
            sandbox.link(&self.net(*net)?, net.name())?;
        }
        Ok(sandbox)
    }

    /// The run directory of a net.
    ///
    /// # Errors
    /// If it does not train.
    pub fn net(&self, net: Net) -> Result<PathBuf, NotTried> {
        let (_, name, line) = NETS[net.row()];
        let path = self.folder.path().join(name);
        let made = self.nets[net.row()].get_or_init(|| {
            let train = || -> Result<(), NotTried> {
                let sandbox = self.sandbox(&[])?;
                super::inputs::idx_set(&sandbox.file("few"), 10)?;
                let ended = sandbox.run(&format!("{line} --json --out {}", path.display()))?;
                ended.object()?;
                Ok(())
            };
            train().map_err(|e| format!("`{line}` failed: {e:?}"))
        });
        made.clone().map(|()| path).map_err(NotTried::Broken)
    }

    /// The folder with the four files of MNIST, if this machine has one.
    pub fn mnist(&self) -> Result<PathBuf, NotTried> {
        let root = std::env::var_os("SPARRING_DATA").map(PathBuf::from);
        let places = [root, Some(self.inputs.join("../data"))].into_iter().flatten();
        let found = places.map(|p| p.join("mnist")).find(|p| p.join("t10k-labels-idx1-ubyte.gz").is_file());
        let found = found.and_then(|p| p.canonicalize().ok());
        found.ok_or_else(|| {
            NotTried::Skip(
                "no MNIST on this machine; SPARRING_DATA names the folder with mnist/ in it".into(),
            )
        })
    }
}
