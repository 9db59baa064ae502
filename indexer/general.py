"""General questions: the same matters in five languages, which an adapted encoder must still find in each other."""

GENERAL: tuple[tuple[str, ...], ...] = (
    (
        "引っ越しの届け出をしたい",
        "I want to register my move",
        "我要办理搬家登记",
        "이사 신고를 하고 싶어요",
        "Tôi muốn đăng ký chuyển nhà",
    ),
    (
        "ごみを出す日を知りたい",
        "Which day is garbage collected?",
        "哪天可以扔垃圾？",
        "쓰레기 버리는 날이 언제인가요?",
        "Ngày nào đổ rác?",
    ),
    (
        "子どもを保育園に入れたい",
        "I need a nursery for my child",
        "想让孩子上托儿所",
        "아이를 어린이집에 보내고 싶어요",
        "Tôi muốn cho con đi nhà trẻ",
    ),
    ("税金を払えない", "I cannot pay my taxes", "交不起税", "세금을 낼 수 없어요", "Tôi không thể đóng thuế"),
    (
        "図書館で本を借りる",
        "Borrowing books from the library",
        "在图书馆借书",
        "도서관에서 책 빌리기",
        "Mượn sách ở thư viện",
    ),
    ("病院の費用の助成", "Help with hospital bills", "医疗费补助", "의료비 지원", "Hỗ trợ viện phí"),
    ("結婚の届け出", "Registering a marriage", "结婚登记", "혼인 신고", "Đăng ký kết hôn"),
    ("犬の登録", "Registering a dog", "给狗登记", "강아지 등록", "Đăng ký nuôi chó"),
    (
        "地震のときの避難場所",
        "Where to evacuate in an earthquake",
        "地震时的避难所",
        "지진 때 대피소",
        "Nơi lánh nạn khi động đất",
    ),
    (
        "年金を受け取る手続き",
        "How to receive a pension",
        "领取养老金的手续",
        "연금 수령 절차",
        "Thủ tục nhận lương hưu",
    ),
)
