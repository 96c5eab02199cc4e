package health

import (
	"os"
	"path/filepath"
	"syscall"
)

// Disk returns the size of a file and the bytes that are left for us on its disk.
func Disk(path string) (size, free int64, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &fs); err != nil {
		return 0, 0, err
	}
	return info.Size(), int64(fs.Bavail) * fs.Bsize, nil
}
