"""Decision 766's indicators as a table: what is divided by what, what it is worth, and since when.

Source: Decision 766/QĐ-TTg of 23 June 2022, the ministry's description of the formulas, and the figures that the National Public Service
Portal publishes. Where document and portal disagree there is a line for each, told apart by `rule`. `docs/indicators.md` is made from this.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from indicators.times import day_of

Rule = Literal["portal", "document"]
RULES: tuple[Rule, ...] = ("portal", "document")
IN_FORCE = date(2022, 8, 1)

# block → (points, name in Vietnamese, in English)
BLOCKS = {
    "CKMB": (18, "Công khai, minh bạch", "Transparency"),
    "TDGQ": (20, "Tiến độ, kết quả giải quyết", "Progress"),
    "CLGQ": (12, "Cung cấp dịch vụ công trực tuyến", "Online service"),
    "TTTT": (10, "Thanh toán trực tuyến", "Online payment"),
    "MDSH": (22, "Số hóa hồ sơ", "Digitisation"),
    "MDHL": (18, "Mức độ hài lòng", "Satisfaction"),
}
# at least so many points (of 100) → (name in Vietnamese, in English), best first
GRADES = (
    (90, "Xuất sắc", "Excellent"),
    (80, "Tốt", "Good"),
    (70, "Khá", "Fair"),
    (50, "Trung bình", "Average"),
    (0, "Yếu", "Weak"),
)


@dataclass(frozen=True, slots=True)
class Formula:
    """One indicator: score = points · min(1, R / full), R = numerator / denominator; `full` in percent, None for no cap.

    `zero` is what a denominator of 0 gives: points, or None for no score (counts as nothing in the block). An indicator that is not scored
    has no block. `numerator` and `denominator` say in words what they count, in Vietnamese and English; `first` and `last` are day numbers.
    """

    id: str
    block: str | None
    points: int
    full: int | None
    zero: int | None
    name: tuple[str, str]
    numerator: tuple[str, str]
    denominator: tuple[str, str]
    code: str | None = None  # the portal's
    rule: Rule | None = None  # None: the same for both
    first: int = day_of(IN_FORCE)
    last: int | None = None


_WORKLOAD = (
    "hồ sơ phải giải quyết trong kỳ (tiếp nhận mới và kỳ trước chuyển sang)",
    "workload: dossiers received in the period or carried over into it",
)
_PETITIONS = ("phản ánh, kiến nghị", "petitions")

FORMULAS = (
    Formula("1.1", "CKMB", 6, None, None, ("Công bố TTHC đúng hạn", "Procedures published on time"), ("TTHC công bố đúng hạn", "procedures published on time"), ("TTHC công bố trong kỳ", "procedures published in the period"), "PUBLISH_ON_TIME"),
    Formula("1.2", "CKMB", 4, None, None, ("Công khai TTHC đúng hạn", "Procedures opened on time"), ("TTHC công khai đúng hạn trên Cơ sở dữ liệu quốc gia", "procedures opened to the public on time in the national database"), ("TTHC phải công khai", "procedures that had to be opened"), "PUBLIC_UPDATE_ON_TIME"),
    Formula("1.3", "CKMB", 2, None, None, ("TTHC công khai đầy đủ nội dung", "Procedures with all their parts"), ("TTHC công khai có đủ các bộ phận", "public procedures with all their parts"), ("TTHC đang công khai", "public procedures, as of now"), "PUBLIC_CONTENT_FULL"),
    Formula("1.4", "CKMB", 6, None, None, ("Đồng bộ hồ sơ", "Dossiers synchronised"), ("hồ sơ tiếp nhận trong kỳ đã đồng bộ", "dossiers synchronised, received in the period"), ("như tử số (hiện nay)", "equal to the numerator, for now"), "DOSSIER_SYNC", "portal"),
    Formula("1.4", "CKMB", 6, None, 0, ("Đồng bộ hồ sơ", "Dossiers synchronised"), ("hồ sơ tiếp nhận trong kỳ đã đồng bộ", "dossiers synchronised, received in the period"), ("số lớn hơn giữa hồ sơ tiếp nhận theo báo cáo và theo Cổng; không có thì theo năm trước", "the greater of dossiers received per national reports and per portal; without any, last year's share"), "DOSSIER_SYNC", "document"),
    Formula("2.1", "TDGQ", 20, None, 0, ("Giải quyết hồ sơ đúng hạn", "Dossiers on time"), ("hồ sơ giải quyết trước hạn, đúng hạn, hoặc đang giải quyết trong hạn", "dossiers finished early or on time, or open and within time"), _WORKLOAD),
    Formula("2.2", None, 0, None, None, ("Thời gian giải quyết trung bình", "Mean handling time"), ("tổng thời gian giải quyết", "handling time of finished dossiers, in seconds"), ("hồ sơ đã giải quyết", "dossiers finished")),
    Formula("3.1", "CLGQ", 2, 80, 0, ("TTHC có dịch vụ công trực tuyến", "Procedures online"), ("TTHC cung cấp trực tuyến toàn trình hoặc một phần", "procedures with a full or partial online service"), ("TTHC thuộc thẩm quyền", "procedures under the unit's authority")),
    Formula("3.2", "CLGQ", 4, None, 0, ("Dịch vụ công trực tuyến có phát sinh hồ sơ", "Online services used"), ("dịch vụ công trực tuyến có hồ sơ", "online services that received a dossier"), ("dịch vụ công trực tuyến", "online services")),
    Formula("3.3", "CLGQ", 6, 50, 0, ("Hồ sơ nộp trực tuyến", "Dossiers filed online"), ("hồ sơ nộp trực tuyến (có kết quả điện tử khi TTHC trả bản giấy) nhân tỷ lệ đồng bộ", "dossiers filed online (with an electronic result where the procedure gives paper), times the synchronisation ratio"), _WORKLOAD),
    Formula("3.5a", "TTTT", 2, 80, 0, ("TTHC tích hợp thanh toán trực tuyến", "Procedures with online payment"), ("TTHC có phí, lệ phí đã tích hợp thanh toán", "fee procedures integrated for online payment"), ("TTHC có phí, lệ phí", "fee procedures")),
    Formula("3.5b", "TTTT", 2, 80, 0, ("TTHC có giao dịch thanh toán trực tuyến", "Procedures paid online"), ("TTHC có phí, lệ phí phát sinh thanh toán trực tuyến", "fee procedures with an online payment made"), ("TTHC có phí, lệ phí", "fee procedures")),
    Formula("3.6", "TTTT", 6, None, 0, ("Hồ sơ thanh toán trực tuyến", "Dossiers paid online"), ("hồ sơ thanh toán trực tuyến", "dossiers paid online"), ("hồ sơ phải nộp phí, lệ phí", "dossiers that owed a fee")),
    Formula("4.1", "MDSH", 6, None, None, ("Cấp kết quả điện tử", "Electronic results"), ("hồ sơ có kết quả điện tử", "dossiers with an electronic result"), _WORKLOAD, "ORIGINAL_RESULT_AVAILABLE"),
    Formula("4.2", "MDSH", 4, None, None, ("Số hóa hồ sơ, kết quả", "Dossiers digitised"), ("hồ sơ số hóa giấy tờ và kết quả", "dossiers digitised, papers and result"), _WORKLOAD, "SO_HOA_GIAY_TO_GIAI_QUYET", "portal"),
    Formula("4.2", "MDSH", 4, 80, None, ("Số hóa hồ sơ, kết quả", "Dossiers digitised"), ("hồ sơ số hóa giấy tờ và kết quả", "dossiers digitised, papers and result"), _WORKLOAD, "SO_HOA_GIAY_TO_GIAI_QUYET", "document"),
    Formula("4.3", "MDSH", 2, 80, None, ("Tái sử dụng dữ liệu số hóa", "Digitised data reused"), ("hồ sơ tái sử dụng dữ liệu số hóa", "dossiers reusing digitised data in at least one part"), _WORKLOAD, "REUSED_DIGITIZED_DATA"),
    Formula("4.4", "MDSH", 4, None, None, ("Kết nối kho dữ liệu cá nhân", "Personal store"), ("hồ sơ lấy giấy tờ từ, hoặc trả kết quả vào kho dữ liệu cá nhân", "dossiers whose papers come from, or results go to, the citizen's personal store"), _WORKLOAD, "SYNCED_WITH_DVCQG_PERSONAL_STORAGE"),
    Formula("4.5a", "MDSH", 2, None, None, ("TTHC khai thác dữ liệu dân cư", "Procedures using population data"), ("TTHC khai thác dữ liệu dân cư", "procedures using population data"), ("TTHC của công dân", "procedures for citizens"), "CITIZEN_DATA_CONNECTED_FORMALITY"),
    Formula("4.5b", "MDSH", 2, None, None, ("Hồ sơ khai thác dữ liệu dân cư", "Dossiers using population data"), ("hồ sơ khai thác dữ liệu dân cư", "dossiers using population data"), _WORKLOAD, "CITIZEN_DATA_CONNECTED_DOSSIER"),
    Formula("4.6", "MDSH", 2, None, 2, ("Chứng thực bản sao điện tử", "Certified electronic copies"), ("xã có cấp bản sao điện tử chứng thực", "communes giving certified electronic copies"), ("xã", "communes"), "ELECTRONIC_CERTIFIED_COPY", "portal"),
    Formula("4.6", "MDSH", 2, None, None, ("Chứng thực bản sao điện tử", "Certified electronic copies"), ("xã có cấp bản sao điện tử chứng thực", "communes giving certified electronic copies"), ("xã", "communes"), "ELECTRONIC_CERTIFIED_COPY", "document"),
    Formula("5.1", None, 0, None, None, ("Phân loại phản ánh, kiến nghị", "Petitions by subject"), ("phản ánh, kiến nghị về cán bộ", "petitions about officials"), _PETITIONS, "PETITION_CLASSIFICATION"),
    Formula("5.2", "MDHL", 6, None, 6, ("Xử lý phản ánh, kiến nghị đúng hạn", "Petitions on time"), ("trả lời đúng hạn, hoặc đang xử lý trong hạn", "answered on time, or open and within time"), _PETITIONS, "PETITION_PROCESSING_ON_TIME"),
    Formula("5.3", "MDHL", 6, None, 6, ("Hài lòng về xử lý phản ánh, kiến nghị", "Satisfaction with petitions"), ("phản ánh, kiến nghị trừ số không hài lòng, phản ánh lại, hoặc quá hạn", "petitions less those unsatisfied, petitioned again, or overdue; each once"), _PETITIONS, "PETITION_HANDLING_SATISFACTION"),
    Formula("5.4", "MDHL", 6, 90, 0, ("Hài lòng về tiếp nhận, giải quyết hồ sơ", "Satisfaction with dossiers"), ("hồ sơ trừ số quá hạn, bị phản ánh, hoặc không hài lòng", "dossiers less those overdue, petitioned about, or rated unsatisfied; each once"), _WORKLOAD, "DOSSIER_RECEIVING_SATISFACTION"),
)  # fmt: skip
IDS = tuple(dict.fromkeys(formula.id for formula in FORMULAS))


@cache
def table(rule: Rule, day: int) -> dict[str, Formula]:
    """Indicator → its formula on a day, in the order of the decision; before the decision was in force, the first there were."""
    day = max(day, day_of(IN_FORCE))
    return {
        formula.id: formula
        for formula in FORMULAS
        if formula.rule in (None, rule) and formula.first <= day and (formula.last is None or day <= formula.last)
    }


def scored(rule: Rule, day: int) -> dict[str, tuple[Formula, ...]]:
    """Block → the formulas that are summed into it."""
    found = table(rule, day).values()
    return {block: tuple(formula for formula in found if formula.block == block) for block in BLOCKS}


def grade(total: int | None) -> tuple[str, str] | None:
    """The grade of a total in hundredths of a point; None for none."""
    return None if total is None else next((name, english) for least, name, english in GRADES if total >= least * 100)


def changed(rule: Rule, one: int, other: int) -> bool:
    """Whether scores of two days are not comparable, because a formula changed between them."""
    return table(rule, one) != table(rule, other)
