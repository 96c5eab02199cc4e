package alerts

import "pantau/brand"

// Step returns the next step that an alert suggests for a cause: what wins trust
// back is to acknowledge, apologise, name an owner, give a date, compensate
// fairly, follow up and show the change. A cause without its own line gets the
// one of [brand.Unexplained].
func Step(c brand.Cause, language string) string {
	steps, known := playbook[c]
	if !known {
		steps = playbook[brand.Unexplained]
	}
	if language == "id" {
		return steps.id
	}
	return steps.en
}

var playbook = map[brand.Cause]struct{ id, en string }{
	brand.Unexplained: {
		"Baca kutipan di atas lalu sepuluh keluhan terbaru. Akui di kanal yang sama bahwa keluhan sudah didengar, tunjuk satu orang untuk mencari sebabnya, dan janjikan kabar hari ini.",
		"Read the quotes above and the ten latest complaints. Say where people complain that you heard them, name one person to find the cause, and promise news today.",
	},
	brand.ProductQuality: {
		"Akui masalahnya dan minta maaf, cek stok dari batch yang sama hari ini, lalu tawarkan ganti barang atau uang kembali. Beri tanggal hasil pemeriksaan dan umumkan perbaikannya.",
		"Acknowledge the fault and apologise, check stock from the same batch today, and offer a replacement or a refund. Give a date for the findings and announce the fix.",
	},
	brand.NotAsDescribed: {
		"Perbaiki foto dan deskripsi yang keliru sekarang juga, minta maaf, dan tawarkan retur dengan ongkir ditanggung. Hubungi pembeli yang pesanannya belum dikirim sebelum mereka kecewa.",
		"Correct the wrong photos and descriptions now, apologise, and offer returns at your cost. Write to buyers whose orders have not left yet before they are disappointed.",
	},
	brand.LateDelivery: {
		"Umumkan keterlambatan hari ini beserta wilayah dan tanggal tiba yang baru, minta maaf, dan tunjuk satu orang yang mengurus kurir. Kembalikan ongkir paket yang terlambat, lalu kabari sampai paket diterima.",
		"Announce the delay today with the areas and a new arrival date, apologise, and name one owner with the courier. Refund late shipping and keep people posted until the parcel is there.",
	},
	brand.OrderFulfilment: {
		"Minta maaf, kirim barang yang benar atau yang kurang hari ini tanpa menunggu retur, dan sebut tanggal tibanya. Periksa gudang dan shift yang sama untuk pesanan lain.",
		"Apologise, send the right or missing item today without waiting for the return, and give its arrival date. Check the same warehouse and shift for other orders.",
	},
	brand.BillingRefund: {
		"Akui keluhannya, hentikan tagihan yang diduga keliru, dan sebut tanggal pasti dana kembali. Tunjuk satu orang keuangan sebagai penanggung jawab dan kabari tiap pelanggan saat dana masuk.",
		"Acknowledge the complaints, stop the charges in doubt, and give a firm date for the money. Name one owner in finance and tell each customer when it has arrived.",
	},
	brand.PriceFees: {
		"Jelaskan dengan bahasa biasa biaya apa yang berubah, sejak kapan, dan mengapa. Kembalikan biaya yang tidak diberitahukan dan tampilkan biaya total sebelum orang membayar.",
		"Explain in plain words which fee changed, since when and why. Refund fees that were not announced and show the full price before people pay.",
	},
	brand.CustomerService: {
		"Minta maaf langsung kepada pelanggan yang mengeluh, tanpa balasan template. Minta pimpinan layanan mengambil alih kasusnya hari ini, lalu tanyakan lagi apakah masalahnya sudah selesai.",
		"Apologise to the customers in person, not with a template. Have the head of service take over their cases today, and ask again whether the problem is solved.",
	},
	brand.SlowResponse: {
		"Balas semua keluhan yang tertunda hari ini, mulai dari yang paling lama, dan sebut kapan jawaban lengkap datang. Tambah petugas untuk sementara dan umumkan waktu balas yang sanggup ditepati.",
		"Answer every waiting complaint today, oldest first, and say when the full answer comes. Add people for now and announce a reply time that you can keep.",
	},
	brand.BrokenPromise: {
		"Akui janji mana yang tidak ditepati dan minta maaf tanpa berdalih. Beri tanggal baru yang pasti dan ganti rugi yang adil, lalu kabari sebelum tanggal itu tiba.",
		"Say which promise was broken and apologise without excuses. Give a new date that you are sure of and fair compensation, and write before that date comes.",
	},
	brand.Transparency: {
		"Terbitkan penjelasan singkat hari ini: apa yang terjadi, siapa yang terdampak, apa yang belum diketahui, dan kapan kabar berikutnya. Tepati waktu itu walau belum ada jawaban.",
		"Publish a short explanation today: what happened, who is affected, what is not known yet, and when the next news comes. Keep that time even without an answer.",
	},
	brand.AfterSales: {
		"Hubungi pelanggan yang klaim garansi atau servisnya tertahan, sebut tanggal selesai untuk tiap kasus, dan pinjamkan unit pengganti bila perbaikannya lama. Tunjuk satu penanggung jawab sampai semuanya beres.",
		"Call the customers whose warranty or repair is stuck, give each case a date, and lend a replacement if it takes long. Name one owner until all are done.",
	},
	brand.PolicyChange: {
		"Jelaskan alasan perubahan dan siapa yang terdampak, minta maaf bila pemberitahuannya kurang, dan pertimbangkan masa peralihan bagi pelanggan lama. Umumkan keputusannya pada tanggal yang pasti.",
		"Explain why it changed and for whom, apologise if the notice was short, and consider a grace period for existing customers. Announce the decision on a fixed date.",
	},
	brand.DataSecurityFraud: {
		"Libatkan tim keamanan dan hukum sekarang. Minta pelanggan mengamankan akun lewat kanal resmi, buka satu jalur lapor khusus, dan sampaikan hanya yang sudah pasti beserta jam kabar berikutnya.",
		"Bring in security and legal now. Tell customers through official channels how to secure their accounts, open one line for reports, and state only what is certain and the hour of the next news.",
	},
	brand.AppReliability: {
		"Akui gangguan di halaman status dan media sosial, minta tim aplikasi menahan atau membatalkan rilis terakhir, dan beri perkiraan waktu pulih. Umumkan saat sudah pulih dan apa yang diperbaiki.",
		"Acknowledge the fault on the status page and social media, have the app team hold or roll back the last release, and estimate when it works again. Announce the fix when it is in.",
	},
	brand.AccessLoginOTP: {
		"Cek penyedia OTP dan layanan login sekarang, umumkan gangguan beserta cara masuk sementara, dan ingatkan agar kode tidak dibagikan. Beri perkiraan waktu pulih, lalu kabari saat sudah normal kembali.",
		"Check the OTP provider and the login service now, announce the fault with another way in, and remind people never to share codes. Estimate when it works again and say so when it does.",
	},
	brand.Communication: {
		"Luruskan pesan yang membingungkan hari ini dengan satu kalimat yang jelas di semua kanal, minta maaf, dan tunjuk satu juru bicara. Samakan jawaban tim layanan dengan pengumuman itu.",
		"Put the confusing message right today with one clear sentence on every channel, apologise, and name one spokesperson. Give the service team the same answer.",
	},
}
