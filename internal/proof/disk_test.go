package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pantau/store"
)

// disk is a small file system of its own, with a daemon that keeps its database
// on it and reads exports from elsewhere. A daemon that ends is started again
// after a second, and counted.
type disk struct {
	t        *testing.T
	mount    string
	database string
	in       *inbox
	service  *service
	stop     chan struct{}
	stopped  chan struct{}
	ended    int
}

func newDisk(t *testing.T, mount func(dir string)) *disk {
	t.Helper()
	if !long() || os.Getuid() != 0 {
		t.Skip("mounts file systems: make prove, as root")
	}
	top := t.TempDir()
	d := &disk{t: t, mount: filepath.Join(top, "disk"), in: &inbox{dir: filepath.Join(top, "inbox"), size: 3000}, stop: make(chan struct{}), stopped: make(chan struct{})}
	for _, dir := range []string{d.mount, d.in.dir} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	mount(d.mount)
	d.database = filepath.Join(d.mount, "pantau.db")
	writeFile(t, filepath.Join(top, "config.toml"), fmt.Sprintf(inboxConfig, d.database, d.in.dir))
	d.in.drop(t, 20)
	d.service = startService(t, top, nil, "run")
	eventually(t, "the first mentions", 60*time.Second, func() bool { return d.stored() == 20 })
	go d.supervise(top)
	t.Cleanup(func() { d.end(); must(t, "umount", "-l", d.mount) })
	return d
}

// supervise starts the daemon again when it ends, as systemd does.
func (d *disk) supervise(top string) {
	defer close(d.stopped)
	for {
		exited := make(chan struct{})
		cmd := d.service.cmd
		go func() { _ = cmd.Wait(); close(exited) }()
		select {
		case <-d.stop:
			_ = cmd.Process.Signal(os.Interrupt)
			<-exited
			return
		case <-exited:
		}
		d.ended++
		time.Sleep(time.Second)
		next := exec.Command(cmd.Path, cmd.Args[1:]...)
		next.Dir, next.Env, next.Stdout, next.Stderr = top, cmd.Env, &d.service.out, &d.service.out
		if err := next.Start(); err != nil {
			return
		}
		d.service.cmd = next
	}
}

// end stops the daemon for good.
func (d *disk) end() {
	select {
	case <-d.stop:
	default:
		close(d.stop)
	}
	<-d.stopped
}

// stored counts the mentions, -1 when the file cannot be read just now.
func (d *disk) stored() int {
	db, err := store.OpenReadOnly(context.Background(), d.database, wib)
	if err != nil {
		return -1
	}
	defer db.Close()
	n := -1
	_ = db.Query(context.Background(), `SELECT count(*) FROM mentions`, func([]string) error { return nil }, func(row []any) (err error) {
		n, err = strconv.Atoi(fmt.Sprint(row[0]))
		return err
	})
	return n
}

// problems checks the file from end to end.
func (d *disk) problems() int {
	v, err := store.Verify(context.Background(), d.database)
	if err != nil {
		d.t.Error(err)
		return 1
	}
	for _, p := range v.Problems {
		d.t.Error(p)
	}
	return len(v.Problems)
}

func must(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

func tmpfs(t *testing.T, size string) func(string) {
	return func(dir string) { must(t, "mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir) }
}

// TestDiskFull fills the disk for half a minute while new reviews come in.
func TestDiskFull(t *testing.T) {
	d := newDisk(t, tmpfs(t, "100m"))
	filler := filepath.Join(d.mount, "filler")
	_ = exec.Command("dd", "if=/dev/zero", "of="+filler, "bs=64k").Run() // until nothing is left
	before := d.stored()
	for range 30 {
		d.in.drop(t, 200)
		time.Sleep(time.Second)
	}
	during, want := d.stored(), d.in.next
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	took := eventually(t, "everything is stored after space came back", 2*time.Minute, func() bool { return d.stored() == want })
	d.end()
	t.Logf("proof: disk full for 30 s: ended %d times, %d problems, all %d mentions stored %.1f s after space came back", d.ended, d.problems(), want, took.Seconds())
	t.Logf("control: full it was, %d of %d new mentions were stored meanwhile", during-before, want-before)
	if d.ended > 0 || took > 30*time.Second || during == want {
		t.Errorf("want no end, everything within 30 s\n%s", tail([]byte(d.service.out.String())))
	}
}

// TestSyncFails makes every flush to the disk fail for half a minute.
func TestSyncFails(t *testing.T) {
	d := newDisk(t, tmpfs(t, "200m"))
	before := d.stored()
	trace := exec.Command("strace", "-f", "-qq", "-o", os.DevNull, "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO", "-p", strconv.Itoa(d.service.cmd.Process.Pid))
	if err := trace.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second)
	for range 30 {
		d.in.drop(t, 20)
		time.Sleep(time.Second)
	}
	during, want := d.stored(), d.in.next
	_ = trace.Process.Signal(os.Interrupt)
	_ = trace.Wait()
	took := eventually(t, "everything is stored after the disk works again", 2*time.Minute, func() bool { return d.stored() == want })
	d.end()
	t.Logf("proof: EIO on every fsync for 30 s: ended %d times, %d problems, all %d mentions stored %.1f s after it", d.ended, d.problems(), want, took.Seconds())
	t.Logf("control: it failed, %d of %d new mentions were stored meanwhile", during-before, want-before)
	if d.ended > 0 || took > 30*time.Second || during == want {
		t.Errorf("want no end, everything within 30 s\n%s", tail([]byte(d.service.out.String())))
	}
}

// TestReadOnly lets the kernel make the file system read-only, as it does after
// an error of the disk, and repairs it half a minute later.
func TestReadOnly(t *testing.T) {
	image := filepath.Join(t.TempDir(), "image")
	var device string
	mount := func(dir string) {
		must(t, "truncate", "-s", "200M", image)
		must(t, "mkfs.ext4", "-q", image)
		out, err := exec.Command("losetup", "--find", "--show", image).Output()
		if err != nil {
			t.Fatal(err)
		}
		device = strings.TrimSpace(string(out))
		t.Cleanup(func() { _ = exec.Command("losetup", "-d", device).Run() })
		must(t, "mount", "-o", "errors=remount-ro", device, dir)
	}
	d := newDisk(t, mount)
	before := d.stored()
	trigger := filepath.Join("/sys/fs/ext4", filepath.Base(device), "trigger_fs_error")
	if err := os.WriteFile(trigger, []byte("proof"), 0o200); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		d.in.drop(t, 20)
		time.Sleep(time.Second)
	}
	readOnly := os.WriteFile(filepath.Join(d.mount, "x"), nil, 0o600) != nil
	ended := d.ended
	d.end() // a file system that gave up is repaired without its users
	must(t, "umount", d.mount)
	_ = exec.Command("e2fsck", "-fp", device).Run() // says 1 when it mended something
	must(t, "mount", device, d.mount)
	during, want := d.stored(), d.in.next
	problems := d.problems()
	after := startService(t, filepath.Dir(d.mount), nil, "run")
	took := eventually(t, "everything is stored after the repair", 2*time.Minute, func() bool { return d.stored() == want })
	t.Logf("proof: read-only for 30 s: ended %d times, %d problems, nothing lost, all %d mentions stored %.1f s after the repair", ended, problems, want, took.Seconds())
	t.Logf("control: read-only it was (%t), %d of %d new mentions were stored meanwhile", readOnly, during-before, want-before)
	if ended > 0 || problems > 0 || during < before || took > 30*time.Second || !readOnly {
		t.Errorf("want no end, nothing lost, everything within 30 s\n%s", tail([]byte(d.service.out.String())))
	}
	_ = after.cmd.Process.Signal(os.Interrupt)
	_ = after.cmd.Wait()
}
