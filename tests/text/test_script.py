import pytest

from pipelines.text import script


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("乾隆皇帝喝乾淨的水", "乾隆皇帝喝干净的水"),
        ("王丙乾同志", "王丙乾同志"),
        ("瞭解情況", "了解情况"),
        ("瞭望臺", "瞭望台"),
        ("皇后在後面", "皇后在后面"),
        ("公里與裏面", "公里与里面"),
        ("理髮與發展", "理发与发展"),
        ("著名的故事", "著名的故事"),
        ("關於位於由於", "关于位于由于"),
        ("於先生", "於先生"),
        ("隨著產業發展，意味著機遇", "随着产业发展，意味着机遇"),
        ("沿著綫路看著、接著說，穿著樸素", "沿着线路看着、接着说，穿着朴素"),
        ("著力發展、著眼長遠，顯著著重", "着力发展、着眼长远，显著着重"),
        ("執著、沉著、附著與衣著，代表著發展", "执着、沉着、附着与衣着，代表着发展"),
        ("發表著述，活著的人", "发表著述，活着的人"),
        ("顯著提昇，成效卓著，名著與專著", "显著提升，成效卓著，名著与专著"),
        ("有著名學者，發行著作，土著與原著實驗", "有著名学者，发行著作，土著与原著实验"),
        ("編著手冊，魯迅著，張開著書", "编著手册，鲁迅著，张开著书"),
        ("甚麼時候", "什么时候"),
        ("環境衞生與砲兵", "环境卫生与炮兵"),
        ("難以想像的座標", "难以想象的坐标"),
        ("揹著行李", "背着行李"),
        ("釩鈦", "钒钛"),
        ("資訊軟體", "资讯软体"),  # words of Taiwan stay words of Taiwan
    ],
)
def test_to_simplified(traditional, simplified):
    assert script.to_simplified(traditional) == simplified


@pytest.mark.parametrize(
    "text", ["王丙乾同志", "魏徵", "锺书", "抽薹", "哪吒", "咖啡café㎡²±", "", "山南海北", "著作等身"]
)
def test_simplified_text_is_left_alone(text):
    assert script.to_simplified(text) is text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("四川攀枝花加快构建", "simplified"),
        ("四川攀枝花加快構建", "traditional"),
        ("關于加快釩鈦高新區發展的意見", "traditional"),  # 于 is a character of traditional text too
        ("发展與經濟，产业與轉型", "mixed"),
        ("2020-04-11", "simplified"),
        ("", "simplified"),
    ],
)
def test_detect(text, expected):
    assert script.detect(text) == expected


def test_a_quoted_name_makes_no_mixed_page():
    assert script.detect("产业转型升级经济发展创新驱动环境资源统计监测国际贸易" * 2 + "緣") == "simplified"


def test_to_traditional():
    assert script.to_traditional("头发与发展") == "頭髮與發展"


def test_our_words_are_in_the_form_that_opencc_reads():
    for simplified, traditional in script.own_words():
        assert script.convert(traditional) == simplified
