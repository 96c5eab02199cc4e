package sentiment

import (
	"testing"

	"pantau/brand"
)

func TestVerdict(t *testing.T) {
	tests := []struct {
		name, text string
		want       brand.Polarity
		cause      brand.Cause
	}{
		{"negator flips", "gak bagus", brand.Negative, 0},
		{"praise", "barang bagus, pengiriman cepat, recommended seller", brand.Positive, 0},
		{"negated fault is praise", "gak jelek", brand.Positive, 0},
		{"no problem", "ga ada masalah", brand.Positive, 0},
		{"no problem, English", "no problem", brand.Positive, 0},
		{"late parcel", "paket saya belum sampai, sudah 2 minggu", brand.Negative, brand.LateDelivery},
		{"late parcel, gap", "pesanan dari tanggal 3 belum juga sampai sampe sekarang", brand.Negative, brand.LateDelivery},
		{"late parcel, English", "My package never arrived and nobody cares", brand.Negative, brand.LateDelivery},
		{"fast delivery is no complaint", "pengiriman cepat", brand.Positive, 0},
		{"not late", "paketnya tidak telat, mantap", brand.Positive, 0},
		{"not as described", "barang tidak sesuai gambar, jauh beda", brand.Negative, brand.NotAsDescribed},
		{"not as described, English", "Item not as described, looks nothing like the photo", brand.Negative, brand.NotAsDescribed},
		{"slow replies", "chat ga dibales2 dari kemarin, admin slow respon", brand.Negative, brand.SlowResponse},
		{"slow replies, mixed", "cs-nya no response banget, udah email 3x", brand.Negative, brand.SlowResponse},
		{"otp", "kode otp ga masuk masuk, gabisa login", brand.Negative, brand.AccessLoginOTP},
		{"fraud", "hati2 penipuan, uang saya hilang", brand.Negative, brand.DataSecurityFraud},
		{"unknown", "xyzzy plugh 12345", brand.Unknown, 0},
		{"empty", "", brand.Unknown, 0},
		{"stretched", "baguuuussss bangeeet", brand.Positive, 0},
		{"irony with a fact", "mantap, 3 minggu belum sampai", brand.Negative, brand.LateDelivery},
		{"irony frame", "bukan aplikasi pemerintah namanya kalau ga ribet", brand.Negative, brand.AppReliability},
		{"tastes like", "Koneksi 4G rasa GPRS", brand.Negative, brand.ProductQuality},
		{"other brand is better", "mending pindah, toko sebelah lebih bagus", brand.Negative, 0},
		{"negated fault", "gak jelek kok", brand.Positive, 0},
		{"not the worst", "not the worst", brand.Positive, 0},
		{"polite complaint", "mohon dibantu kak, pesanan saya belum dikirim", brand.Negative, brand.LateDelivery},
		{"question", "min mau tanya ongkir ke bandung berapa ya", brand.Neutral, 0},
		{"one cause only", "kecewa banget, barang ga sesuai foto", brand.Negative, brand.NotAsDescribed},
		{"folded negation", "tidak bisa login", brand.Negative, brand.AccessLoginOTP},
		{"balance", "saldo terpotong tapi transaksi gagal", brand.Negative, brand.BillingRefund},
		{"Javanese", "elek tenan, ora apik", brand.Negative, 0},
		{"Sundanese", "tempatna merenah, raos pisan", brand.Positive, 0},
		{"what is not there", "gak ada kecurangan, gak ada manipulasi, mantap", brand.Positive, 0},
		{"what is not there, English", "free of bugs and easy to use", brand.Positive, 0},
		{"better now", "dulu sering error sekarang sudah lancar", brand.Positive, 0},
		{"better now, after a contrast", "sering error sih, tapi sekarang bagus", brand.Positive, 0},
		{"worse now", "dulu lancar sekarang sering error", brand.Negative, brand.AppReliability},
		{"another fault now", "dulu sering error sekarang gak bisa login", brand.Negative, brand.AccessLoginOTP},
		{"conceded", "walaupun agak jauh, tetap nyaman", brand.Positive, 0},
		{"conceded and still so", "walaupun pengirimannya lambat, tetap puas dan senang", brand.Positive, brand.LateDelivery},
		{"conceded, English", "although the room is small, it is great", brand.Positive, 0},
		{"not what was feared", "kirain jelek ternyata bagus", brand.Positive, 0},
		{"who says so", "siapa bilang ramah", brand.Negative, 0},
		{"neither nor", "neither rude nor ugly", brand.Positive, 0},
		{"neither of both", "tidak kotor dan tidak bau", brand.Positive, 0},
		{"denies a complaint, not the praise beside it", "tidak mahal dan enak", brand.Positive, 0},
		{"rarely", "jarang rusak", brand.Positive, 0},
		{"twice is very", "pelayanannya bener-bener parah", brand.Negative, brand.CustomerService},
		{"emoticon", "sampai dengan selamat :)", brand.Positive, 0},
	}
	a, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := a.Score(tt.text, 0)
			if got.Polarity != tt.want {
				t.Errorf("Score(%q) = %s %.2f %+v, want %s", tt.text, got.Polarity, got.Compound, got.Hits, tt.want)
			}
			found := tt.cause == 0 && len(got.Causes) == 0
			for _, c := range got.Causes {
				found = found || c.Cause == tt.cause
			}
			if !found {
				t.Errorf("Score(%q) causes %v, want %v", tt.text, got.Causes, tt.cause)
			}
		})
	}
}
