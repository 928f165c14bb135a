"""The words by which Chinese pages mark what is text and what is not, in both scripts."""

from __future__ import annotations

import re

from pipelines.text import widgets

RELATED_LINE = re.compile(
    r"^[\s【\[▶▸►◆●■>»☞👉]*(?:延伸[·・ ]*(?:阅读|閱讀)|相关(?:阅读|新闻|链接|报道|文章|文件|解读)|相關(?:閱讀"
    r"|新聞|報導|文章)|推荐阅读|推薦閱讀"
    r"|原文(?:链接|連結)|解读链接|政策(?:原文|解读)|更多(?:新聞|新闻|報導|报道)|看更多|还有|另见|点击(?:查看"
    r"|阅读))\s*[】\]]?\s*[:：|｜>]\s*\S"
)
"""A line among the text that leads to one related article."""

END = re.compile(
    r"^[\s:：【\[（(〖*★☆■◆●]*(?:"
    r"[上下]一(?:[篇条](?:文章|新闻|信息)?|个|則|则|页)\s*(?:[:：>》】\]]|没有|無|无|$)|上一[篇条]\s.*\s下一[篇条]\s|上下篇|(?:网友|網友|最新|热门|熱門|全部|发表|發表"
    r"|用户)?(?:评论|評論)(?:区|區|\s*[\(（]?\d+)?$"
    r"|我要评论|写评论|發表評論|我来说两句|网友(?:评论|跟帖|热评)|参与评论|友情链接|关于我们|版权所有|Copyright"
    r"|网站地图"
    r"|热点(?:视频|新闻|舆情|排行|推荐|专题)|热门(?:视频|排行|标签)|新闻排行|点击排行|阅读排行|本周热点"
    r"|24小时(?:热(?!线)|排行|新闻|滚动)|今日热点"
    r"|作者最新文章|(?:作者|TA)的(?:其他|更多)文章|大家都在看|大家都在搜|图片新闻|精彩图片|视频推荐|编辑推荐"
    r"|頭條推薦|今日推荐"
    r"|人人都爱看|熱門新聞|最新新聞|即時新聞|點閱排行|推薦閱讀|讀者迴響|發表意見)"
)
"""The first line of what stands behind an article and is none of it."""

NOTICE = re.compile(
    rf"{widgets.NOTICE}"
    rf"|{widgets.OPEN}"
    r"(?:(?:自殺|自杀|珍惜生命|勇敢求救|生命線|生命线|張老師|安心專線)[^。]{0,24}(?:專線|专线|諮詢|咨询|求助|防治)\S{0,4}[:：]?\s*\d{3}"
    r"|(?:生命線|生命线|張老師|安心專線)\s*[:：]?\s*\d{3}|《[^。，]{2,12}》(?:提醒您|關心您|关心您))"
)
"""What a site says to be safe, behind a text; see ``widgets.NOTICE``."""

ABSTRACT = re.compile(r"^\[(?:摘要|导读|導讀|提要|核心提示)[^\[\]]*\]$|^【(?:摘要|导读|提要)[^【】]*】$")
"""What a page says of the text before it begins."""

CREDIT = re.compile(
    r"^[\s（(【\[〔<＜*]*(?:本文|本稿|文章|稿件|信息|内容|新闻|原文)?(?:"
    r"(?:责任|責任|执行|本期|本版|值班|当班|网络|网站|微信|新媒体|融媒体?|见习|实习|首席|栏目|排版|终审|初审|复审|总|主|副主|文字|图片|视频"
    r"|美术)?\s*编\s*[辑审]"
    r"|(?:責任|網路|核稿|執行)?編輯"
    r"|责编|責編|编审|编校|审核|审签|审稿|校对|校對|核稿|核校|监制|監製|总监制|一审|二审|三审|初审|复审|终审|签发"
    r"|来源(?:于|自)?|來源|转自|轉自|转载自|轉載自|摘自|出处|出處|原载|供稿|供图单位|信息提供|发布单位|撰稿人?|录入|文案|信息员"
    r"|值班(?:总监|主任|主编|编委|领导)|摄影|攝影|摄像|图片|文字|图(?=[/／])|作者(?:单位)?|文/?图?|图/?文|记者|記者|通讯员|实习生|统筹|策划|制作|设计|责任校对"
    r")\s*(?:[:：|｜丨/／]|\s(?=\S))"
)
"""A line that names who wrote, edited or first printed it."""

LABELS = re.compile(r"(?:来源|來源|作者|记者|記者|编辑|編輯|责编|責編|发布(?:日期|时间|单位))(?:于|於)?\s*[:：]")
"""A label inside a line of credits."""

ORIGINAL_TITLE = re.compile(r"^[\s（(【\[“\"*]*(?:本文)?原(?:文)?(?:标题|標題|题目?为?|題)\s*(?:[:：为為是]|《)")

NOISE = re.compile(
    r"^[\s（(【\[<＞>*+|·]*(?:"
    r"(?:分享|转发)(?:到|至|给)?\s*(?:[:：]|$)|(?:分享|转发)(?:到|至|给)\W{0,3}(?:朋友|微信|微博|空间|好友|QQ|人人|新浪|腾讯|[A-Z])"
    rf"|分享本文|{widgets.SCAN}|{widgets.FOLLOW}|{widgets.COUNT}|{widgets.NO_REPRINT}|{widgets.OWNED}"
    r"|打开微信(?:[，,]|点|搜|发现|$)|长按(?:识别|二维码|图片)"
    r"|分享让更多人看到\W*$|打印(?:本页|本文|(?:此文|文章)\W*$|】|$)|列印|关闭(?:窗口|本页|】|$)|收藏(?:本文|$)|(?:字号|字號|字体|字體)\s*(?:[:：\s\[【]|大|$)"
    r"|【?(?:大|中|小)】?(?:\s|$)|T\s*[-+]"
    r"|(?:点击|點擊)(?:进入|查看|这里|此处|上方|下方|图片|阅读|進入|這裡|圖片|閱讀|下載)|點我"
    r"|(?:阅读|閱讀)(?:全文|原文)\W*$|(?:阅读|浏览)(?:次数|量|数)?\s*[:：]|人气\s*[:：]?\s*\d*$"
    r"|(?:评论|評論|点赞|點讚|赞|讚|推荐|推薦)\s*[（(]?\d*[)）]?\s*$|\d+\s*条?(?:评论|跟贴|回复|阅读|赞)\s*$"
    r"|您的浏览器(?:暂|不)|您的瀏覽器|请(?:使用|升级)(?:您的)?浏览器|视频加载|[请請][継繼继][续續]往下(?:閱讀"
    r"|阅读)|(?:廣告|广告|advertisement)\s*$"
    r"|(?:\S{0,12}\s)?(?:点击|點擊|點我|立即|马上|請|请|现在|現在)?(?:下载|下載|打开|打開)[^，。]{0,8}(?:APP|客户端)[^，。]{0,16}$"
    r"|(?:\S{0,12}\s)?(?:现在|現在)?用\S{0,6}(?:APP|客户端)(?:看|读|讀|閱讀|阅读|查看|打开)|加载更多"
    r"|返回(?:顶部|首页|列表|搜狐)|回(?:顶部|首頁|到顶部)|展开(?:全文|剩余)|查看(?:全文|更多|原图|大图)"
    r"|繼續閱讀|继续阅读|全文(?:请见|共\d+[字页]\W*$)"
    r"|(?:您是|你是)?第\s*\d+\s*位(?:访客|读者|访问者|浏览者)\W*$|本文(?:已)?被?(?:浏览|阅读|点击)(?:了)?\s*\d+\s*次\W*$"
    r"|举报\s*(?:$|/)|检举\s*$|(?:纠错|【纠错】|我要(?:纠错|反馈|举报)|意见反馈)\W*$"
    r"|(?:文章)?(?:标签|標籤|关键词|關鍵字|關鍵詞|Tags?)\s*(?:[:：>]|\s*$)|按讚(?:加入|追蹤|$)|不用抽"
    r"|加入.{0,6}(?:LINE|好友|粉絲)|(?:订阅|追蹤|图集|组图)\s*$"
    r"|\+\d+$|[-—–─=~\s]*(?:END|完|全文完)[-—–─=~\s）)】\]]*$|已收藏|复制链接|複製連結"
    r"|(?:本)?(?:站|网|报)?(?:(?:报料|爆料|新闻)(?:热线|电话|邮箱|微信)?|投稿(?:邮箱|热线))\s*(?:[:：\d]|$)|©"
    r")",
    re.IGNORECASE,
)
"""Tools, share bars and prompts that pages put among the text."""

FOOT = re.compile(
    r"I(?i:CP)[备證证]|i(?i:cp)[备證证]|公网安备|网站标识码|网安备|信息网络传播视听|增值电信|互联网(?:新闻|药品)信息|版权所有"
    r"|C(?i:opyright)|c(?i:opyright)|©|A(?i:ll Rights Reserved)|a(?i:ll Rights Reserved)"
    r"|主办单位|承办单位|技术支持[:：]|网站(?:维护|建设|管理)[:：]|未经(?:授权|书面|许可)|违法和不良信息"
)
"""The foot of a site. Each way begins with a character that has one case: so the places to look at are few."""

GOOD_NAME = re.compile(
    r"(?:^|[-_ ])(?:article|artical|arti|news|main|post|entry|story|detail|text|txt|body|content|contents|con"
    r"|zoom|zw|zhengwen"
    r"|trs_editor|ueditor|ucap|vsb|editor|wenzhang|neirong|cont)(?:$|[-_ \d])|articlebody|article-?content"
    r"|newscontent|trs_editor"
    r"|articlecon|contenttext|newstext|endtext|maintext|artibody|custom_unionstyle",
    re.IGNORECASE,
)
BAD_NAME = re.compile(
    r"comment|pinglun|reply|relate|related|recommend|recomm|sidebar|side-?bar|footer|foot(?:$|[-_ ])|copyright"
    r"|breadcrumb|crumb"
    r"|share|bdshare|jiathis|hotnews|hot-|ranking|rank(?:$|[-_ ])|advert|(?:^|[-_ ])ads?(?:$|[-_ ])|banner"
    r"|popup|modal|login|friendlink"
    r"|disclaimer|shengming|mianze|tuijian|xiangguan|qrcode|toolbar|pager|paging|menu|nav(?:$|[-_ ])|declare"
    r"|statement|subscribe",
    re.IGNORECASE,
)

FILE = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|7z|csv|rtf)(?:$|[?#&])", re.IGNORECASE)
"""The address of a file that an article offers."""

PUNCTUATION = re.compile(r"[，。！？；…]|[,.!?;](?=\s|$)")
