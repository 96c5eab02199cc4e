package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"pantau/brand"
	"pantau/collectors"
	"pantau/collectors/fetch"
	"pantau/config"
	"pantau/daemon"
	"pantau/store"
)

// damaged is a site that answers every request with a damaged recording.
type damaged struct {
	recordings [][]byte
	random     *rand.Rand
}

func (d *damaged) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path == "/robots.txt" && d.random.IntN(4) > 0 {
		return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
	}
	head, body, _ := bytes.Cut(d.recordings[d.random.IntN(len(d.recordings))], []byte("\n\n"))
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(append(bytes.Clone(head), "\n\n"...))), req)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(damage(body, d.random)))
	return resp, nil
}

// damage changes data as bad connections, bad programs and bad people do.
func damage(data []byte, random *rand.Rand) []byte {
	data = bytes.Clone(data)
	for range 1 + random.IntN(6) {
		at := 0
		if len(data) > 0 {
			at = random.IntN(len(data))
		}
		insert := func(s string) { data = append(data[:at:at], append([]byte(s), data[at:]...)...) }
		switch random.IntN(12) {
		case 0:
			data = data[:at]
		case 1:
			data = data[at:]
		case 2, 3, 4:
			for i := range min(len(data)-at, 1+random.IntN(8)) {
				data[at+i] = byte(random.Uint32())
			}
		case 5:
			insert("\xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80")
		case 6:
			insert("\x00\u202e\ufeff\u2028" + strings.Repeat("\u0301", 200))
		case 7:
			insert(strings.Repeat("[{\"<div>\"", 1+random.IntN(3000)))
		case 8:
			insert(strconv.FormatUint(random.Uint64(), 10) + "e" + strconv.Itoa(random.IntN(9999)))
		case 9:
			insert(strings.Repeat("sangat ", 1+random.IntN(5000)))
		case 10:
			insert(string(data[at:min(len(data), at+2000)]))
		case 11:
			insert("\"\"\r\n,;\t\\\u0085'")
		}
	}
	return data
}

// TestMalformedChild runs the cases, in the process whose memory is measured.
func TestMalformedChild(t *testing.T) {
	dir := os.Getenv("PANTAU_PROOF_MALFORMED")
	if dir == "" {
		t.Skip("runs as a child of TestMalformed")
	}
	t.Chdir("../../collectors") // their configurations name files beside them
	cases, _ := strconv.Atoi(os.Getenv("PANTAU_PROOF_CASES"))
	db, err := store.Open(context.Background(), filepath.Join(dir, "pantau.db"), wib)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p, random := newPipeline(db), rand.New(rand.NewPCG(2026, 11))
	var sites []daemon.Source
	recordings := map[string][][]byte{}
	for _, kind := range collectors.Kinds() {
		data, err := os.ReadFile(filepath.Join("testdata", kind, "response.http"))
		if err != nil {
			continue // a kind that reads no site
		}
		for _, section := range bytes.Split(data, []byte("\n-- "))[1:] {
			_, answer, _ := bytes.Cut(section, []byte(" --\n"))
			recordings[kind] = append(recordings[kind], answer)
		}
		text, err := os.ReadFile(filepath.Join("testdata", kind, "config.toml"))
		if err != nil {
			t.Fatal(err)
		}
		src, err := config.ParseSource("config.toml", text)
		if err != nil {
			t.Fatal(err)
		}
		sites = append(sites, daemon.Source{Source: src, Again: true})
	}
	files := []string{}
	for _, name := range []string{"response.csv", "response.jsonl"} {
		data, err := os.ReadFile(filepath.Join("testdata/file", name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, string(data))
	}
	rounds := map[string]int{}
	for n := range cases {
		if n%2 == 0 {
			synctest.Test(t, func(t *testing.T) { // pauses between requests take no time
				src := sites[n/2%len(sites)]
				src.Name = fmt.Sprint(src.Kind, n)
				c, err := collectors.New(src.Source, fetch.New(fetch.Options{Base: &damaged{recordings[src.Kind], random}}))
				if err != nil {
					t.Fatal(err)
				}
				src.Collector = c
				rounds[collect(t, p, src)]++
			})
			continue
		}
		ext := []string{"csv", "jsonl", "json", "tsv", "csv.gz"}[n/2%5]
		path := filepath.Join(dir, "case."+ext)
		if err := os.WriteFile(path, damage([]byte(files[n/2%len(files)]), random), 0o600); err != nil {
			t.Fatal(err)
		}
		c := collectors.File(collectors.FileOptions{Path: path})
		rounds[collect(t, p, daemon.Source{Source: config.Source{Name: fmt.Sprint("file", n), Kind: "file"}, Collector: c, Again: true})]++
	}
	t.Logf("rounds: %v", rounds)
	if os.Getenv("PANTAU_PROOF_PANIC") != "" {
		collect(t, p, daemon.Source{Source: config.Source{Name: "panic"}, Collector: panicking{}})
	}
}

func collect(t *testing.T, p *daemon.Pipeline, src daemon.Source) string {
	src.Brand = "Sandang Senja"
	round, err := p.Collect(context.Background(), src, false)
	if err != nil {
		t.Fatalf("%s: %v", src.Name, err) // the store's error: bad input must not make one
	}
	return round.Status
}

type panicking struct{}

func (panicking) Collect(context.Context, collectors.Request, func(brand.Mention) error) (collectors.Report, error) {
	var none []int
	return collectors.Report{Fetched: none[len(os.Args)]}, nil
}

// TestMalformed sends damaged answers and files through the real path into a
// store, in a process of its own, and looks at everything that was kept.
func TestMalformed(t *testing.T) {
	cases := pick(600, 10_000)
	dir := tempDir(t)
	cmd := again("TestMalformedChild", "PANTAU_PROOF_MALFORMED", dir)
	cmd.Env = append(cmd.Env, "PANTAU_PROOF_CASES="+strconv.Itoa(cases))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, tail(out))
	}
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10
	db := openStore(t, filepath.Join(dir, "pantau.db"))
	texts, invalid := invalidTexts(t, db)
	t.Logf("proof: %d cases, 0 panics, %d of %d stored texts are invalid UTF-8, peak RSS %d MiB", cases, invalid, texts, peak)
	if invalid > 0 || texts < cases/10 || peak > 256 {
		t.Errorf("want valid UTF-8, something stored, and at most 256 MiB")
	}

	control := again("TestMalformedChild", "PANTAU_PROOF_MALFORMED", tempDir(t))
	control.Env = append(control.Env, "PANTAU_PROOF_CASES=1", "PANTAU_PROOF_PANIC=1")
	out, err = control.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("panic:")) {
		t.Errorf("a collector that panics is not seen: %v", err)
	}
	err = db.Write(context.Background(), func(tx *store.Tx) error {
		o, err := tx.Origin("Sandang Senja", false, "control", "file", "proof")
		if err != nil {
			return err
		}
		_, err = tx.Add(o, []store.Item{{Scored: brand.Scored{Mention: brand.Mention{ExternalID: "x", Text: "buruk \xff", PublishedAt: time.Now(), CollectedAt: time.Now()}}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, seen := invalidTexts(t, db)
	t.Logf("control: a planted panic and %d planted invalid texts were seen", seen)
	if seen == 0 {
		t.Error("a text that is not UTF-8 is not seen")
	}
}

// invalidTexts counts the texts of strangers in the store, and those that are not
// UTF-8.
func invalidTexts(t *testing.T, db *store.DB) (texts, invalid int) {
	t.Helper()
	err := db.Query(context.Background(), `SELECT * FROM mentions`, func([]string) error { return nil }, func(row []any) error {
		for _, v := range row {
			s, ok := v.(string)
			if b, is := v.([]byte); is {
				s, ok = string(b), false // hits and the like are binary
			}
			if !ok {
				continue
			}
			if texts++; !utf8.ValidString(s) || strings.Contains(s, "\x00") {
				invalid++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts, invalid
}

func tail(out []byte) []byte { return out[max(0, len(out)-4000):] }
