package city

import (
	"slices"
	"testing"
	"unicode/utf8"
)

func TestFind(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"a city", "Paket ke Bandung belum sampai", []string{"Bandung"}},
		{"abbreviations", "dari jkt ke BDG, transit sby, tujuan jogja", []string{"Jakarta", "Bandung", "Surabaya", "Yogyakarta"}},
		{"only whole words", "kendalanya sekarang di aplikasi, jkt48 konser, bandungnya", nil},
		{"several words", "kurir tangerang selatan beda dengan tangerang; bandar lampung aman", []string{"Tangerang Selatan", "Tangerang", "Bandar Lampung"}},
		{"a hyphen is no letter", "area kulon-progo", []string{"Kulon Progo"}},
		{"each once", "bandung bandung BANDUNG", []string{"Bandung"}},
		{"malang is unlucky", "malang sekali nasib saya, sungguh malang", nil},
		{"unless one is there", "saya di Malang, kantor cabang malang tutup", []string{"Malang"}},
		{"medan is a field", "medan jalan rusak, di medan perang", nil},
		{"and a city", "kirim ke Medan", []string{"Medan"}},
		{"nasi padang is food", "nasi padang basi, rumah makan padang", nil},
		{"batu is stone, even from somewhere", "isi paket dari batu, di batu", nil},
		{"kota batu is a city", "kota batu, wilayah batu", []string{"Batu"}},
		{"di serang is mostly diserang", "akun saya di serang hacker", nil},
		{"stasiun serang is a place", "stasiun Serang", []string{"Serang"}},
		{"demak alone says nothing", "demak", nil},
		{"smg is semoga", "smg cepat pulih", nil},
		{"the country from end to end", "dari sabang sampai merauke error semua", nil},
		{"no words", "!!! ⭐", nil},
		{"hostile bytes", "bandung\xff\xfejkt", []string{"Bandung", "Jakarta"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Find(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("Find(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestTableIsRight(t *testing.T) {
	m, err := parse(table)
	if err != nil || len(m) < 200 {
		t.Fatalf("%d names, %v", len(m), err)
	}
	for word, e := range m {
		text := word
		if e.need != nothing {
			text = "kota " + word
		}
		if e.place != "" && !slices.Equal(Find(text), []string{e.place}) {
			t.Errorf("Find(%q) = %q, want %s", text, Find(text), e.place)
		}
	}
	for _, bad := range []string{"Bandung\tBandung", "bandung", "batu\tBatu\tke", "a b c d\tX", "x\tX\nx\tY"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("parse(%q) finds nothing wrong", bad)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("dari jkt ke kota batu")
	f.Add("di\xff malang")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range Find(text) {
			if p == "" || !utf8.ValidString(p) {
				t.Fatalf("Find(%q) has %q", text, p)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	text := "paket saya dari gudang bekasi ke surabaya sudah dua minggu belum sampai juga, cs tidak membalas, mohon segera ditindaklanjuti"
	for b.Loop() {
		Find(text)
	}
}
