package cli

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pantau/brand"
	"pantau/store"
)

// TestIdle measures what a daemon at rest costs, with the shipped configuration
// and a database of a million mentions: make idle. It asserts nothing, because a
// busy machine has other figures; the wanted ones stand beside those it measured.
func TestIdle(t *testing.T) {
	if os.Getenv("PANTAU_IDLE") == "" {
		t.Skip("a measurement of several minutes: make idle")
	}
	rows := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("PANTAU_IDLE_ROWS")); err == nil {
		rows = n
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "pantau")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program+".built", "pantau")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// As it is installed: a file fresh from the linker lies in the page cache in
	// pieces of two megabytes, which are mapped as a whole.
	if out, err := exec.CommandContext(t.Context(), "cp", program+".built", program).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	shipped, err := os.ReadFile("../../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	shipped = bytes.Replace(shipped, []byte("127.0.0.1:9108"), []byte("127.0.0.1:19108"), 1)
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), shipped, 0o600); err != nil {
		t.Fatal(err)
	}
	fill(t, filepath.Join(dir, "pantau.db"), rows)
	first := launch(t, program, dir) // the sample's own history comes in, as on any first start
	time.Sleep(20 * time.Second)
	first.stop(t)
	var quickest time.Duration
	for range 5 {
		d := launch(t, program, dir)
		if quickest == 0 || d.ready < quickest {
			quickest = d.ready
		}
		d.stop(t)
	}
	d := launch(t, program, dir)
	defer d.stop(t)
	time.Sleep(5*time.Minute + 30*time.Second) // past the start, the look through the file and the first rest
	begin, from := time.Now(), d.processor(t)
	time.Sleep(120 * time.Second)
	share := (d.processor(t) - from).Seconds() / time.Since(begin).Seconds()
	memory := d.memory(t)
	t.Logf("%d mentions, %d MiB of database", rows, size(filepath.Join(dir, "pantau.db"))>>20)
	t.Logf("%-28s %10s %10s", "", "measured", "wanted")
	t.Logf("%-28s %7.1f MB %10s", "resident memory", float64(memory["Rss"])/1e6, "≤ 30 MB")
	t.Logf("%-28s %7.1f MB %10s", "anonymous memory", float64(memory["Anonymous"])/1e6, "≤ 12 MB")
	t.Logf("%-28s %7.0f ms %10s", "start to READY=1, best of 5", float64(quickest.Microseconds())/1000, "< 100 ms")
	t.Logf("%-28s %8.3f %% %10s", "processor, of one core", share*100, "< 0.1 %")
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// fill writes mentions of a brand over two years, without the scorer: their texts
// do not matter here.
func fill(t *testing.T, path string, rows int) {
	t.Helper()
	db, err := store.Open(t.Context(), path, time.FixedZone("WIB", 7*3600))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const batch = 5000
	now, r := time.Now(), rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("paket pesanan barang kurir toko lama cepat bagus rusak belum sampai sudah seminggu aplikasi lambat ramah harga murah mahal kecewa puas admin balas refund kirim salah ukuran warna bahan halus tipis tebal sesuai foto")
	for done := 0; done < rows; done += batch {
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			o, err := tx.Origin("Merek Besar", true, fmt.Sprintf("sumber-%d", done/batch%8), "file", "idle")
			if err != nil {
				return err
			}
			items := make([]store.Item, batch)
			for i := range items {
				var text []string
				for range 8 + r.IntN(20) {
					text = append(text, words[r.IntN(len(words))])
				}
				at := now.Add(-time.Duration(rows-done-i) * (730 * 24 * time.Hour / time.Duration(rows)))
				items[i] = store.Item{Fingerprint: r.Uint64(), Scored: brand.Scored{
					Mention: brand.Mention{ExternalID: fmt.Sprint(done + i), Text: strings.Join(text, " "), PublishedAt: at, CollectedAt: at, Stars: 1 + r.IntN(5)},
					Score:   brand.Score{Polarity: brand.Polarity(r.IntN(4))}}}
			}
			_, err = tx.Add(o, items)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// daemonProcess is a daemon under a service manager of the test's own.
type daemonProcess struct {
	cmd   *exec.Cmd
	ready time.Duration // from the start of the process to READY=1
}

// launch starts the daemon and waits until it says that it is ready.
func launch(t *testing.T, program, dir string) *daemonProcess {
	t.Helper()
	socket := filepath.Join(dir, "notify")
	_ = os.Remove(socket)
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	cmd := exec.CommandContext(context.Background(), program, "run")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "NOTIFY_SOCKET="+socket)
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stderr = log
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 4096)
	for {
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		n, err := conn.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(buffer[:n], []byte("READY=1")) {
			d := &daemonProcess{cmd, time.Since(begin)}
			go listen(conn)
			return d
		}
	}
}

// listen takes what the daemon has to say, as a service manager does, until the
// socket is closed.
func listen(conn *net.UnixConn) {
	_ = conn.SetReadDeadline(time.Time{})
	buffer := make([]byte, 4096)
	for {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}

func (d *daemonProcess) stop(t *testing.T) {
	t.Helper()
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	if err := d.cmd.Wait(); err != nil {
		t.Errorf("the daemon stopped with %v", err)
	}
}

// processor returns the processor time that the daemon has used, in steps of 10 ms.
func (d *daemonProcess) processor(t *testing.T) time.Duration {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", d.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')'):]))
	user, _ := strconv.Atoi(fields[12])
	system, _ := strconv.Atoi(fields[13])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// memory returns the figures of smaps_rollup in bytes.
func (d *daemonProcess) memory(t *testing.T) map[string]int64 {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", d.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	figures := map[string]int64{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, rest, found := strings.Cut(lines.Text(), ":"); found {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			figures[key] = kb << 10
		}
	}
	return figures
}
