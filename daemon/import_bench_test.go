package daemon

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pantau/collectors"
	"pantau/config"
)

// BenchmarkImport reads a CSV of 20,000 rows into an empty store: parse, clean,
// score, store, bucket.
func BenchmarkImport(b *testing.B) {
	const size = 20_000
	path := filepath.Join(b.TempDir(), "reviews.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	texts := []string{
		"Barang bagus, pengiriman cepat, penjual ramah. Terima kasih kak",
		"sudah 9 hari paket belum sampai, chat tidak dibalas, kecewa banget sama toko ini!!",
		"Aplikasi sering error setelah update, tidak bisa login padahal kata sandi benar, tolong diperbaiki min",
		"good quality and fast delivery, will order again",
		"ok",
	}
	fmt.Fprintln(f, "id,time,stars,text")
	for i := range size {
		fmt.Fprintf(f, "r%d,%s,%d,\"%s\"\n", i, time.Date(2024, 1, 1, 0, i*20, 0, 0, wib).Format(time.RFC3339), 1+i%5, texts[i%len(texts)])
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p := newProgram(b)
		src := Source{Source: config.Source{Name: "reviews", Kind: "import", Brand: "Sandang Senja"}, Collector: collectors.File(collectors.FileOptions{Path: path})}
		if round, err := p.Pipeline.Collect(context.Background(), src, false); err != nil || round.Added != size {
			b.Fatalf("added %d, %v", round.Added, err)
		}
		_ = p.Pipeline.Store.Close()
	}
	b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "rows/s")
}
