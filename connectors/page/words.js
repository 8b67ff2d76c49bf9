// Every word of the page.
export const words = {
  vi: {
    other: "English", overdue: "Quá hạn", due_soon: "Sắp đến hạn", waiting: "Chờ bổ sung", in_time: "Trong hạn", ratio: "Tỷ lệ hồ sơ đúng hạn",
    ratio_note: "chỉ số 2.1, tháng này, tạm tính", soon_note: "trong 2 ngày làm việc", open_note: "đang giải quyết",
    units: "Đơn vị", by_overdue: "theo quá hạn", by_ratio: "theo 2.1", received: "Tiếp nhận", finished: "Đã giải quyết", late: "Giải quyết quá hạn",
    open: "Đang giải quyết", month: "Tháng này (tạm tính)", carried_over: "Từ kỳ trước chuyển sang", received_in: "Tiếp nhận trong kỳ",
    finished_early: "Đã giải quyết – trước hạn", finished_on_time: "Đã giải quyết – đúng hạn", finished_late: "Đã giải quyết – quá hạn",
    open_in_time: "Đang giải quyết – trong hạn", open_overdue: "Đang giải quyết – quá hạn",
    on_time_of_finished: "Tỷ lệ giải quyết đúng hạn, trước hạn", late_list: "Hồ sơ quá hạn", dossier: "Mã hồ sơ", due: "Ngày hẹn trả", days: "Số ngày làm việc quá hạn",
    none: "Không có hồ sơ quá hạn.", more: n => `và ${n} hồ sơ nữa`, no_data: "Chưa có dữ liệu", as_of: (h, d) => `Số liệu tính đến ${h} ngày ${d}`,
    age: s => `cách đây ${s} giây`, incomplete: "chưa đầy đủ", small: "* mẫu số từ 3 trở xuống", unregistered: "chưa đăng ký",
    away: "chiso không trả lời; số liệu trên trang là số liệu cũ.", unknown: c => `Không có đơn vị ${c}.`,
    kinds: { country: "Cả nước", ministry: "Bộ, ngành", province: "Tỉnh, thành phố", department: "Sở, ban, ngành", commune: "Cấp xã", "": "Chưa đăng ký" },
  },
  en: {
    other: "Tiếng Việt", overdue: "Overdue", due_soon: "Due soon", waiting: "Waiting", in_time: "In time", ratio: "In time, all in hand",
    ratio_note: "indicator 2.1, this month, provisional", soon_note: "within 2 working days", open_note: "open",
    units: "Units", by_overdue: "by overdue", by_ratio: "by 2.1", received: "Received", finished: "Finished", late: "Finished late",
    open: "Open", month: "This month (provisional)", carried_over: "Carried over", received_in: "Received",
    finished_early: "Finished – early", finished_on_time: "Finished – on time", finished_late: "Finished – late",
    open_in_time: "Open – in time", open_overdue: "Open – overdue",
    on_time_of_finished: "On time of finished", late_list: "Overdue dossiers", dossier: "Dossier", due: "Due", days: "Working days late",
    none: "Nothing is overdue.", more: n => `and ${n} more`, no_data: "No data", as_of: (h, d) => `Figures as of ${h}, ${d}`,
    age: s => `${s} s ago`, incomplete: "not complete", small: "* denominator of 3 or less", unregistered: "not registered",
    away: "chiso does not answer; what you see is old.", unknown: c => `There is no unit ${c}.`,
    kinds: { country: "Country", ministry: "Ministries", province: "Provinces", department: "Departments", commune: "Communes", "": "Not registered" },
  },
};
