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
		"Baca kutipan di atas dan sepuluh keluhan terbaru. Balas di kanal yang sama bahwa keluhan sudah diterima, tunjuk satu orang untuk mencari penyebabnya, dan beri kabar sebelum hari ini berakhir walau belum ada jawaban.",
		"Read the quotes above and the ten latest complaints. Reply where people complain that you heard them, name one person to find the cause, and give news before the day ends, even without an answer.",
	},
	brand.ProductQuality: {
		"Akui dan minta maaf, tahan dulu batch yang diduga bermasalah, dan tawarkan ganti barang atau uang kembali hari ini. Tunjuk penanggung jawab kualitas, sebut kapan hasil pemeriksaan keluar, lalu umumkan perbaikannya.",
		"Acknowledge and apologise, hold the batch in doubt, and offer a replacement or a refund today. Name one owner for quality, say when the findings come, and announce what was fixed.",
	},
	brand.NotAsDescribed: {
		"Betulkan foto dan deskripsinya hari ini, minta maaf, dan terima retur tanpa biaya bagi pembeli. Minta satu orang menghubungi pembeli yang pesanannya belum dikirim, lalu umumkan apa yang sudah diperbaiki.",
		"Correct the photos and descriptions today, apologise, and take returns at your cost. Have one person write to buyers whose orders have not left yet, then say what was corrected.",
	},
	brand.LateDelivery: {
		"Umumkan keterlambatannya hari ini, lengkap dengan wilayah dan tanggal tiba yang baru, dan minta maaf. Tunjuk satu orang yang mengurus kurir, kembalikan ongkir paket yang telat, dan kabari pembeli sampai paket diterima.",
		"Announce the delay today with the areas and a new arrival date, and apologise. Name one owner with the courier, refund late shipping, and keep buyers posted until the parcel is there.",
	},
	brand.OrderFulfilment: {
		"Minta maaf dan kirim barang yang benar atau yang kurang hari ini juga, tanpa menunggu retur; sebut tanggal tibanya. Minta kepala gudang memeriksa pesanan lain dari shift yang sama dan pastikan pembeli sudah puas.",
		"Apologise and send the right or missing item today without waiting for the return; give its arrival date. Have the warehouse lead check orders of the same shift, and ask the buyers whether all is well.",
	},
	brand.BillingRefund: {
		"Akui keluhannya, hentikan tagihan yang diragukan, dan sebut tanggal pasti uang kembali. Tunjuk satu orang keuangan, ganti biaya yang timbul, dan kabari tiap pelanggan begitu uangnya masuk.",
		"Acknowledge the complaints, stop the charges in doubt, and give a firm date for the money. Name one owner in finance, cover the costs it caused, and tell each customer when the money is in.",
	},
	brand.PriceFees: {
		"Jelaskan dengan bahasa sehari-hari biaya mana yang berubah, sejak kapan, dan mengapa. Kembalikan biaya yang tidak pernah diberitahukan, tampilkan harga total sebelum bayar, dan tunjuk satu orang yang menjawab.",
		"Explain in plain words which fee changed, since when and why. Refund fees that were never announced, show the full price before people pay, and name one person who answers.",
	},
	brand.CustomerService: {
		"Telepon atau kirim pesan langsung untuk minta maaf, jangan pakai balasan template. Minta kepala layanan mengambil alih kasusnya hari ini, bicarakan dengan petugasnya, lalu tanyakan lagi apakah sudah beres.",
		"Call or write in person to apologise, never with a template. Have the head of service take over the cases today, speak with the staff involved, and ask again whether it is settled.",
	},
	brand.SlowResponse: {
		"Balas semua keluhan yang menunggu hari ini, mulai dari yang paling lama, dan sebut kapan jawaban lengkapnya. Tambah petugas sementara, tunjuk satu orang yang memantau, dan umumkan waktu balas yang sanggup ditepati.",
		"Answer every waiting complaint today, oldest first, and say when the full answer comes. Add people for now, name one person who watches the queue, and announce a reply time that you can keep.",
	},
	brand.BrokenPromise: {
		"Sebut janji mana yang tidak ditepati dan minta maaf tanpa berdalih. Beri tanggal baru yang pasti, ganti rugi yang setimpal, dan satu penanggung jawab, lalu kabari pelanggan sebelum tanggal itu tiba.",
		"Say which promise was broken and apologise without excuses. Give a new date that you are sure of, fair compensation and one owner, and write to the customers before that date comes.",
	},
	brand.Transparency: {
		"Terbitkan penjelasan singkat hari ini: apa yang terjadi, siapa yang terdampak, apa yang belum diketahui, siapa yang mengurus, dan jam kabar berikutnya. Tepati jam itu walau jawabannya belum ada.",
		"Publish a short explanation today: what happened, who is affected, what is not known yet, who is in charge, and the hour of the next news. Keep that hour even without an answer.",
	},
	brand.AfterSales: {
		"Hubungi hari ini pelanggan yang klaim garansi atau servisnya macet dan beri tanggal selesai untuk tiap kasus. Pinjamkan unit pengganti atau ganti baru bila lama, dan tunjuk satu orang sampai semuanya tuntas.",
		"Call the customers whose warranty or repair is stuck today and give each case a date. Lend or give a replacement if it takes long, and name one owner until all are done.",
	},
	brand.PolicyChange: {
		"Jelaskan alasannya dan siapa yang terdampak, minta maaf bila pemberitahuannya mendadak, dan beri masa peralihan bagi pelanggan lama. Tampung masukan lewat satu orang dan umumkan keputusannya pada tanggal yang pasti.",
		"Explain why it changed and for whom, apologise if the notice was short, and give existing customers a grace period. Collect feedback through one person and announce the decision on a fixed date.",
	},
	brand.DataSecurityFraud: {
		"Libatkan tim keamanan dan hukum sekarang juga. Beri tahu cara mengamankan akun lewat kanal resmi, buka satu jalur lapor, dan ganti kerugian yang terbukti. Sampaikan hanya yang pasti, berikut jam kabar berikutnya.",
		"Bring in security and legal now. Tell people through official channels how to secure their accounts, open one line for reports, and make good proven losses. State only what is certain and the hour of the next news.",
	},
	brand.AppReliability: {
		"Akui gangguannya di halaman status dan media sosial, dan tunjuk satu orang di tim aplikasi untuk menahan atau membatalkan rilis terakhir. Beri perkiraan jam pulih, lalu umumkan apa yang sudah diperbaiki.",
		"Acknowledge the fault on the status page and social media, and name one person in the app team to hold or roll back the last release. Estimate when it works again, then announce what was fixed.",
	},
	brand.AccessLoginOTP: {
		"Cek penyedia OTP dan layanan login sekarang. Umumkan gangguannya, cara masuk sementara, dan peringatan agar kode tidak dibagikan. Sebut perkiraan jam pulih, kabari saat normal, dan bantu akun yang masih terkunci.",
		"Check the OTP provider and the login service now. Announce the fault, another way in, and a warning never to share codes. Estimate when it works again, say so when it does, and help accounts still locked.",
	},
	brand.Communication: {
		"Luruskan hari ini dengan satu kalimat yang jelas dan sama di semua kanal, minta maaf, dan tunjuk satu juru bicara. Samakan jawaban semua cabang dan petugas, lalu hubungi pelanggan yang sempat dirugikan.",
		"Put it right today with one clear sentence, the same on every channel, apologise, and name one spokesperson. Give every branch and agent the same answer, and call the customers it cost something.",
	},
}
