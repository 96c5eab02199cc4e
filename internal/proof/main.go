// Command proof runs the proofs of docs/operations.md and prints what they
// measured beside what was asked for:
//
//	go run ./internal/proof [-quick] [-cuts N] [-dir DIR] [NAME...]
//
// Each proof is a command of its own that prints lines beginning with "proof: "
// and "control: ". One that prints neither, or fails, has not held. The control
// is what must go wrong for the proof to be worth something.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// proof is one line of the table.
type proof struct {
	name, fault, want string
	command           []string
	env               []string
	needs             []string // programs without which it cannot run
	counted           bool     // its tests print no lines: the cases that pass are the figure
}

// goTest is the command that runs tests by name.
func goTest(tests string, packages ...string) []string {
	return append([]string{"go", "test", "-count=1", "-v", "-timeout", "90m", "-run", "^(" + tests + ")$"}, packages...)
}

func proofs(dir string, cuts int, kills string) []proof {
	here := "./internal/proof"
	return []proof{
		{name: "kill", fault: "kill -9 at random and at named points", want: "0 lost, 0 twice, integrity ok",
			command: goTest("TestCrash|TestCrashControl", "./daemon"), env: []string{"PANTAU_KILLS=" + kills}},
		{name: "power", fault: "power cut", want: "0 committed rows lost",
			command: []string{"internal/proof/guest/power.sh", dir, strconv.Itoa(cuts)}, needs: []string{"mmdebstrap", "qemu-system-x86_64", "cpio", "mkfs.ext4"}},
		{name: "systemd", fault: "real systemd, the package, readers", want: "every promise of systemd/README.md, exposure ≤ 1.1",
			command: []string{"internal/proof/guest/deb.sh", dir}, needs: []string{"mmdebstrap", "systemd-nspawn", "dpkg-deb"}},
		{name: "disk", fault: "disk full, EIO on fsync, read-only remount", want: "no crash loop, no corruption, resumes < 30 s",
			command: goTest("TestDiskFull|TestSyncFails|TestReadOnly", here), needs: []string{"mount", "strace", "mkfs.ext4"}},
		{name: "malformed", fault: "malformed input", want: "10,000 cases, 0 panics, 0 invalid UTF-8, RSS ≤ 256 MiB",
			command: goTest("TestMalformed", here)},
		{name: "ssrf", fault: "SSRF", want: "≥ 60 cases, 0 pass", command: goTest("TestGuardRefuses|TestForgedAddresses", "./collectors/fetch")},
		{name: "xss", fault: "XSS in mails", want: "≥ 2,000, 0 pass", command: goTest("TestMarkup", "./alerts")},
		{name: "mrkdwn", fault: "Slack markup", want: "≥ 1,000, 0 pass", command: goTest("TestInjections|TestInjectionCheckSees", "./alerts")},
		{name: "csv", fault: "CSV formulas", want: "≥ 500, 0 pass", command: goTest("TestFormulas", "./internal/export")},
		{name: "sql", fault: "SQL and full-text search", want: "≥ 1,000, 0 pass", command: goTest("TestStatements", "./store")},
		{name: "header", fault: "header and path injection", want: "≥ 200 each, 0 pass", command: goTest("TestHeaders|TestCredentialsStayInTheirFolder", "./alerts", "./config")},
		{name: "clock", fault: "clock ±1 h, ±1 day, both DST days, WIB and UTC", want: "0 missed, 0 double runs", counted: true,
			command: goTest("TestDailyJobs|TestPolls|TestACorrectedClock|TestDailyJobsControl", "./daemon")},
		{name: "readers", fault: "4 readers and one long transaction", want: "10 min, 0 locked, the alarm names the cause", command: goTest("TestReaders", here)},
		{name: "soak", fault: "30 days of fake time, 20 sources, daily faults", want: "RSS ≤ 1 MiB a day, 0 goroutines or descriptors leaked", command: goTest("TestSoak", here)},
		{name: "restore", fault: "restore", want: "identical row hashes, 1 M mentions < 5 min", command: goTest("TestRestore", here)},
		{name: "secrets", fault: "secrets", want: "canary token in no output", command: goTest("TestSecrets", here)},
		{name: "release", fault: "two builds of the release", want: "the same bytes", command: []string{"internal/proof/reproduce.sh"}},
	}
}

func main() {
	quick := flag.Bool("quick", false, "small numbers, in minutes instead of an hour")
	cuts := flag.Int("cuts", 5, "power cuts")
	dir := flag.String("dir", filepath.Join(os.TempDir(), "pantau-proof"), "where machines and logs are kept")
	flag.Parse()
	kills, size := "1000", "PANTAU_PROOF=full"
	if *quick {
		kills, size = "200", "PANTAU_PROOF="
	}
	list := proofs(*dir, *cuts, kills)
	if err := known(list, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(2)
	}
	if !run(os.Stdout, list, flag.Args(), size, *dir) {
		os.Exit(1)
	}
}

// known refuses a name of no proof: what is left out must not pass for held.
func known(list []proof, names []string) error {
	var all []string
	for _, p := range list {
		all = append(all, p.name)
	}
	for _, name := range names {
		if !slices.Contains(all, name) {
			return fmt.Errorf("%q is no proof: use %s", name, strings.Join(all, ", "))
		}
	}
	return nil
}

// run runs the named proofs, all without a name, and prints the table.
func run(out io.Writer, list []proof, names []string, size, dir string) (held bool) {
	var rows []string
	held = true
	for _, p := range list {
		if len(names) > 0 && !slices.Contains(names, p.name) {
			continue
		}
		row, ok := p.run(size, dir)
		held = held && ok
		fmt.Fprintln(os.Stderr, row)
		rows = append(rows, row)
	}
	fmt.Fprintf(out, "\n| proof | fault | asked for | measured | control | |\n|---|---|---|---|---|---|\n%s\n", strings.Join(rows, "\n"))
	return held && len(rows) > 0
}

// run runs one proof and returns its line.
func (p proof) run(size, dir string) (row string, held bool) {
	line := func(measured, control, verdict string) string {
		return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |", p.name, p.fault, p.want, measured, control, verdict)
	}
	for _, need := range p.needs {
		if _, err := exec.LookPath(need); err != nil {
			return line("not run: "+need+" is missing", "", "**open**"), false
		}
	}
	begin := time.Now()
	cmd := exec.Command(p.command[0], p.command[1:]...)
	cmd.Env = append(append(os.Environ(), size), p.env...)
	output, err := cmd.CombinedOutput()
	log := filepath.Join(dir, p.name+".out")
	if e := os.MkdirAll(dir, 0o755); e == nil {
		_ = os.WriteFile(log, output, 0o644) // for whoever looks; the line stands without it
	}
	measured, control := lines(output, "proof: "), lines(output, "control: ")
	if p.counted {
		measured, control = count(output)
	}
	if err != nil || measured == "" || control == "" {
		return line(measured, control, fmt.Sprintf("**failed**, see %s", log)), false
	}
	return line(measured, control, fmt.Sprintf("held, %d s", int(time.Since(begin).Seconds()))), true
}

// passed is a test or a case of one that passed.
var passed = regexp.MustCompile(`(?m)^ *--- PASS: (\S+)`)

// count says how many cases of tests passed, and how many controls.
func count(output []byte) (measured, control string) {
	cases, controls := 0, 0
	for _, m := range passed.FindAllSubmatch(output, -1) {
		if bytes.HasSuffix(m[1], []byte("Control")) {
			controls++
		} else {
			cases++
		}
	}
	if cases > 0 {
		measured = fmt.Sprintf("%d cases pass", cases)
	}
	if controls > 0 {
		control = fmt.Sprintf("%d controls fail as they must", controls)
	}
	return measured, control
}

// found is a line of a proof, by itself or in the log of a test.
var found = regexp.MustCompile(`^(?:\s+\S+_test\.go:\d+: )?((?:proof|control): )(.*)$`)

// lines joins what stands after a mark.
func lines(output []byte, mark string) string {
	var list []string
	s := bufio.NewScanner(bytes.NewReader(output))
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if m := found.FindStringSubmatch(s.Text()); m != nil && m[1] == mark {
			list = append(list, strings.ReplaceAll(m[2], "|", "\\|"))
		}
	}
	return strings.Join(list, "; ")
}
