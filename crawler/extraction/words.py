"""The words by which Chinese pages mark what is text and what is not, in both scripts."""

from __future__ import annotations

import re

RELATED = re.compile(
    r"^[\s:：【\[〖｜|>»▍■◆●]*"
    r"(?:延伸[·・ ]*(?:阅读|閱讀|推荐|推薦)|相关(?:阅读|新闻|链接|报道|文章|文件|解读|政策|推荐|资讯|信息|专题|内容|附件链接|稿件)"
    r"|相關(?:閱讀|新聞|連結|報導|報道|文章|文件|解讀|政策|推薦|資訊|專題|內容)"
    r"|推荐(?:阅读|新闻|文章)|推薦(?:閱讀|新聞|文章)|(?:猜|看)?你(?:可能)?(?:还|還)?(?:会|會|感)?(?:喜欢|喜歡|兴趣|興趣)的?"
    r"|为[你您]推荐|為[你您]推薦|更多(?:阅读|新闻|报道|相关|閱讀|新聞|報導|相關)(?:内容|新闻|报道|內容|新聞|報導)?"
    r"|热门(?:推荐|新闻|文章|阅读)|熱門(?:推薦|新聞|文章|閱讀)|精彩(?:推荐|推薦|阅读)|往期(?:回顾|推荐|精彩)"
    r"|(?:本文)?(?:关联|關聯)(?:阅读|新闻|閱讀|新聞)|同类(?:新闻|文章)|政策(?:解读|原文)(?:链接)?|解读链接|原文链接)"
    r"(?:\s*(?:[:：】\]〗>»｜|]|更多|more|MORE|\+|_?\d*)\s*)*$"
)
"""A heading over a list of related articles."""

RELATED_HERE = re.compile(
    r"延伸[·・ ]*(?:阅读|閱讀|推荐)|相关(?:阅读|新闻|链接|报道|文章|文件|解读|稿件)|相關(?:閱讀|新聞|連結|報導|報道|文章)"
    r"|推荐阅读|推薦閱讀|政策解读|政策原文"
)
"""Of those, the headings whose entries are the article's own further reading."""

RELATED_LINE = re.compile(
    r"^[\s【\[▶▸►◆●■>»☞👉]*(?:延伸[·・ ]*(?:阅读|閱讀)|相关(?:阅读|新闻|链接|报道|文章|文件|解读)|相關(?:閱讀|新聞|報導|文章)|推荐阅读|推薦閱讀"
    r"|原文(?:链接|連結)|解读链接|政策(?:原文|解读)|更多(?:新聞|新闻|報導|报道)|看更多|还有|另见|点击(?:查看|阅读))\s*[】\]]?\s*[:：|｜>]\s*\S"
)
"""A line among the text that leads to one related article."""

END = re.compile(
    r"^[\s:：【\[（(〖*★☆■◆●]*(?:"
    r"上一(?:篇|条|則|則|页)|下一(?:篇|条|則|页)|上下篇|(?:网友|網友|最新|热门|熱門|全部|发表|發表|用户)?(?:评论|評論)(?:区|區|\s*[\(（]?\d+)?$"
    r"|我要评论|写评论|發表評論|我来说两句|网友(?:评论|跟帖|热评)|参与评论|友情链接|关于我们|版权所有|Copyright|网站地图"
    r"|热点(?:视频|新闻|舆情|排行|推荐|专题)|热门(?:视频|排行|标签)|新闻排行|点击排行|阅读排行|本周热点|24小时|今日热点"
    r"|作者最新文章|(?:作者|TA)的(?:其他|更多)文章|大家都在看|大家都在搜|图片新闻|精彩图片|视频推荐|编辑推荐|頭條推薦|今日推荐"
    r"|人人都爱看|熱門新聞|最新新聞|即時新聞|點閱排行|推薦閱讀|讀者迴響|發表意見)"
)
"""The first line of what stands behind an article and is none of it."""

DISCLAIMER = re.compile(
    r"^[\s（(【\[〖*★☆■◆●※]*(?:(?:版权|版權)?(?:及|与|和|與)?(?:免责|免責)?(?:声明|聲明)|(?:版权|版權|特别|特別|郑重|法律|重要)(?:声明|聲明|提示|说明)"
    r"|(?:本文|文章|以上内容|该文)?(?:仅代表|僅代表|系|为)?作者(?:本人|个人)?(?:的)?观点[^。]{0,20}(?:无关|不代表|立场)"
    r"|本(?:文|站|网|網)(?:内容|文章|部分)?[^。]{0,12}(?:仅供参考|不代表本|版权所有|版權所有|仅代表作者)|凡本(?:网|站|報|报)(?:所属|注明|讯|站)"
    r"|(?:凡)?本(?:网|站)(?:注明|转载|所有)|(?:如|若)有(?:侵权|版权)[^。]{0,20}(?:联系|告知|删除)|投资有风险|风险提示及免责"
    r"|(?:图片|信息|内容|文章|素材|部分)*(?:来源于|來源於|来自|來自)(?:互联)?(?:网络|網路|網絡)"
    r"|(?:自殺|自杀|珍惜生命|勇敢求救|生命線|生命线|張老師|安心專線)[^。]{0,20}(?:[:：]|\d)|《?[^。，]{2,12}》?(?:提醒您|關心您|关心您)[，,:：]"
    r"|\[(?:摘要|导读|導讀|提要|核心提示)[^\[\]]*\]$|【(?:摘要|导读|提要)[^【】]*】$)"
)
"""What a site says to be safe; never part of an article."""

CREDIT = re.compile(
    r"^[\s（(【\[〔<＜*]*(?:本文|本稿|文章|稿件|信息|内容|新闻|原文)?(?:"
    r"(?:责任|責任|执行|本期|值班|网络|微信|排版|终审|初审|复审|总|主|副主|文字|图片|视频|美术)?\s*编\s*[辑审]|(?:責任|網路|核稿|執行)?編輯"
    r"|责编|責編|编审|编校|审核|审签|审稿|校对|校對|核稿|核校|监制|監製|总监制|一审|二审|三审|初审|复审|终审|签发"
    r"|来源(?:于|自)?|來源|转自|轉自|转载自|轉載自|摘自|出处|出處|原载|供稿|供图单位|信息提供|发布单位|撰稿|录入"
    r"|作者(?:单位)?|文/?图?|图/?文|记者|記者|通讯员|实习生|统筹|策划|制作|设计|责任校对"
    r")\s*(?:[:：|｜丨/／]|\s(?=\S))"
)
"""A line that names who wrote, edited or first printed it."""

LABELS = re.compile(r"(?:来源|來源|作者|记者|記者|编辑|編輯|责编|責編|发布(?:日期|时间|单位))(?:于|於)?\s*[:：]")
"""A label inside a line of credits."""

ORIGINAL_TITLE = re.compile(r"^[\s（(【\[“\"*]*(?:本文)?原(?:文)?(?:标题|標題|题目?为?|題)\s*(?:[:：为為是]|《)")

NOISE = re.compile(
    r"^[\s（(【\[<＞>*+|·]*(?:"
    r"分享(?:到|至|给|本文|：|:|$)|转发(?:到|至|$)|扫(?:一扫|码|描)|掃(?:一掃|碼|描)|微信扫|用微信|打开微信|长按(?:识别|二维码)"
    r"|打印(?:本页|本文|】|$)|列印|关闭(?:窗口|本页|】|$)|收藏(?:本文|$)|字号|字號|字体|字體|【?(?:大|中|小)】?(?:\s|$)|T\s*[-+]"
    r"|(?:责任编辑|責任編輯|编辑)[:：]\s*$|点击(?:进入|查看|这里|此处|上方|下方|图片|阅读|量|数|率|次数)|點擊|點我|阅读(?:次数|量|数|全文|原文|\d)"
    r"|浏览(?:次数|量|数|：|:)|瀏覽|人气|评论\s*[（(]?\d*|評論|点赞|點讚|赞\s*\d*$|讚\s*\d*$|推荐\s*\d*$|\d+\s*(?:评论|跟贴|回复|阅读|赞)"
    r"|您的浏览器(?:暂|不)|您的瀏覽器|请(?:使用|升级)(?:您的)?浏览器|视频加载|请继续往下|請繼續往下(?:閱讀|阅读)|廣告|广告$|advertisement"
    r"|下载(?:APP|客户端)|打开(?:APP|客户端)|下載APP|關注我們|关注(?:我们|公众号|微信|官方|$)|加载更多|返回(?:顶部|首页|列表|搜狐)|回(?:顶部|首頁|到顶部)"
    r"|展开(?:全文|剩余)|查看(?:全文|更多|原图|大图)|繼續閱讀|继续阅读|全文(?:共|请见)|举报(?:$|电话|邮箱|/)|检举|纠错|【纠错】|我要(?:纠错|反馈|举报)|意见反馈"
    r"|(?:文章)?(?:标签|標籤|关键词|關鍵字|關鍵詞|Tags?)\s*(?:[:：>]|\s*$)|不用抽|按讚|加入.{0,6}(?:LINE|好友|粉絲)|订阅$|追蹤|图集$|组图$|-*\s*(?:END|完|全文完)\s*-*$|\+\d+$|已收藏|复制链接|複製連結"
    r"|(?:本)?(?:站|网|报)?(?:报料|爆料|新闻热线|投稿(?:邮箱|热线))|未经(?:授权|许可).{0,12}(?:不得|禁止|严禁)转载|版权所有|©"
    r")",
    re.IGNORECASE,
)
"""Tools, share bars and prompts that pages put among the text."""

FOOT = re.compile(
    r"ICP[备證证]|ICP备案|公网安备|网站标识码|网安备|信息网络传播视听|增值电信|互联网(?:新闻|药品)信息|版权所有|Copyright|©|All Rights Reserved"
    r"|主办单位|承办单位|技术支持[:：]|网站(?:维护|建设|管理)[:：]|未经(?:授权|书面|许可)|违法和不良信息",
    re.IGNORECASE,
)
"""The foot of a site."""

GOOD_NAME = re.compile(
    r"(?:^|[-_ ])(?:article|artical|arti|news|main|post|entry|story|detail|text|txt|body|content|contents|con|zoom|zw|zhengwen"
    r"|trs_editor|ueditor|ucap|vsb|editor|wenzhang|neirong|cont)(?:$|[-_ \d])|articlebody|article-?content|newscontent|trs_editor"
    r"|articlecon|contenttext|newstext|endtext|maintext|artibody|custom_unionstyle",
    re.IGNORECASE,
)
BAD_NAME = re.compile(
    r"comment|pinglun|reply|relate|related|recommend|recomm|sidebar|side-?bar|footer|foot(?:$|[-_ ])|copyright|breadcrumb|crumb"
    r"|share|bdshare|jiathis|hotnews|hot-|ranking|rank(?:$|[-_ ])|advert|(?:^|[-_ ])ads?(?:$|[-_ ])|banner|popup|modal|login|friendlink"
    r"|disclaimer|shengming|mianze|tuijian|xiangguan|qrcode|toolbar|pager|paging|menu|nav(?:$|[-_ ])|declare|statement|subscribe",
    re.IGNORECASE,
)

STOP = "，。！？；：、…,.!?;"
"""Marks that running text has and menus have not."""
FILE = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|7z|csv|rtf)(?:$|[?#&])", re.IGNORECASE)
"""The address of a file that an article offers."""

PUNCTUATION = re.compile(r"[，。！？；…]|[,.!?;](?=\s|$)")
