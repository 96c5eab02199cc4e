package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// LockFile makes sure that one daemon at a time collects into a database.
type LockFile struct {
	// Unclean says that the file was there: the last holder was killed, or the
	// power went, or it left the file on purpose.
	Unclean bool

	file *os.File
	path string
}

// Lock takes the lock, which the kernel gives back when the process ends in any
// way.
func Lock(path string) (*LockFile, error) {
	for {
		_, err := os.Stat(path)
		unclean := !errors.Is(err, fs.ErrNotExist)
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, fmt.Errorf("lock: %w", err)
		}
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			_ = f.Close()
			return nil, fmt.Errorf("%s is held: another pantau run or pantau once uses this database; stop that one first", path)
		}
		if err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if current(f, path) {
			return &LockFile{Unclean: unclean, file: f, path: path}, nil
		}
		_ = f.Close() // the last holder removed it while we waited: take the new one
	}
}

// Unlock gives the lock back and removes its file: all went well.
func (l *LockFile) Unlock() {
	_ = os.Remove(l.path)
	_ = l.file.Close()
}

// Leave gives the lock back and leaves its file, so that the next start looks at
// the database closely.
func (l *LockFile) Leave() { _ = l.file.Close() }

// current reports whether path still names the open file.
func current(f *os.File, path string) bool {
	open, err1 := f.Stat()
	named, err2 := os.Stat(path)
	return err1 == nil && err2 == nil && os.SameFile(open, named)
}
