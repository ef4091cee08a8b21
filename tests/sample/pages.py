"""HTML pages for the samples: the clutter of a real site (invented) around the blocks of a source."""

from html import escape

from tests.sample.reading import Block, Source

# Each template: what stands before and after the text on that kind of site. `{title}`, `{site}`, `{date}`, `{origin}`.
TEMPLATES: dict[str, tuple[str, str]] = {
    "gov": (
        """<div class="header"><div class="logo"><a href="/">{site}</a></div><ul class="nav"><li><a href="/a">首页</a></li>
<li><a href="/b">要闻</a></li><li><a href="/c">政策</a></li><li><a href="/d">互动</a></li><li><a href="/e">服务</a></li></ul>
<form action="/s"><input name="q" placeholder="请输入关键词"><button>搜索</button></form></div>
<div class="BreadcrumbNav">首页 &gt; 政策 &gt; 样例文件库</div>
<div class="article oneColumn"><h1 id="ti">{title}</h1>
<div class="pages-date">{date} <span>来源： {origin}</span><div class="share">【字体：<a>大</a> <a>中</a> <a>小</a>】<a>打印</a></div></div>
<div class="pages_content" id="UCAP-CONTENT"><div class="TRS_UEDITOR">""",
        """</div></div><div class="editor">责任编辑：示例编辑</div></div>
<div class="qr"><img src="qr.png" alt="二维码"><p>扫一扫在手机打开当前页</p></div>
<div class="related"><h2>相关稿件</h2><ul><li><a href="/1">示例市召开样例工作推进会</a></li>
<li><a href="/2">一图读懂样例政策</a></li><li><a href="/3">样例统计数据发布</a></li></ul></div>
<div class="footer"><p>网站地图 | 联系我们 | 版权声明</p><p>主办单位：示例单位　示ICP备00000000号</p></div>""",
    ),
    "cac": (
        """<div id="top"><a href="/">设为首页</a> <a href="/">加入收藏</a> <a href="/">手机版</a></div>
<div id="menu"><a href="/1">网信要闻</a><a href="/2">政策法规</a><a href="/3">安全</a><a href="/4">信息化</a><a href="/5">举报</a></div>
<div class="location">当前位置：首页 &gt; 政策法规 &gt; 正文</div>
<div class="main"><h1 class="title">{title}</h1><div class="info"><span>{date}</span>　<span>来源：{origin}</span>
<span class="bds">分享到：<a>微信</a><a>微博</a></span></div><div class="main-content" id="BodyLabel">""",
        """</div><div class="pagebox"><p>上一篇：<a href="/9">样例工作座谈会召开</a></p><p>下一篇：<a href="/8">样例活动周启动</a></p></div></div>
<div class="ewm"><img src="wx.png" alt=""><span>扫码关注示例网信公众号</span></div>
<div class="links"><h3>友情链接</h3><a href="/x">示例甲网</a> <a href="/y">示例乙网</a> <a href="/z">示例丙网</a></div>
<div class="foot">承办：示例技术中心　技术支持：示例公司　京公网安备 00000000 号</div>""",
    ),
    "npc": (
        """<table width="980"><tr><td><img src="banner.jpg" alt="横幅"></td></tr>
<tr><td><a href="/1">机构设置</a>｜<a href="/2">立法工作</a>｜<a href="/3">监督工作</a>｜<a href="/4">代表工作</a></td></tr>
<tr><td class="where">您现在的位置：首页 &gt; 文件库</td></tr></table>
<table width="980"><tr><td><div class="wenzhang"><h2 class="bt">{title}</h2><div class="ly">来源：{origin}　发布时间：{date}</div>
<div id="zw" class="Custom_UnionStyle">""",
        """</div></div></td></tr><tr><td class="tools"><a href="#">打印本页</a>　<a href="#">关闭窗口</a></td></tr></table>
<table width="980"><tr><td>联系我们｜网站声明｜浏览建议：使用1024×768分辨率</td></tr></table>""",
    ),
    "xinhua": (
        """<div class="header"><a href="/">{site}</a><div class="channels"><a>时政</a><a>财经</a><a>国际</a><a>科技</a><a>图片</a></div></div>
<div class="head-line"><h1><span class="title">{title}</span></h1></div>
<div class="header-info">{date} 来源：{origin} <span>字体： 小 中 大</span> <a>分享到</a></div>
<div id="detail">""",
        """<div class="editor">【责任编辑：示例员】</div></div>
<div class="ad"><p>扫码关注示例政务，获取更多资讯</p></div>
<div class="xgyd"><h3>相关阅读</h3><a href="/1">样例县里看变化</a><a href="/2">专家解读样例纲要</a><a href="/3">镜头里的样例城市</a></div>
<div class="foot"><p>Copyright 示例政务转载网 All Rights Reserved 示例　关于我们 | 广告服务 | 投稿</p></div>""",
    ),
    "news": (
        """<div class="topbar"><a>登录</a> <a>注册</a> <a>下载客户端</a></div>
<div class="nav"><a>头条</a><a>股市</a><a>基金</a><a>科技</a><a>汽车</a><a>房产</a></div>
<article><h1>{title}</h1><div class="meta"><span>{origin}</span> <span>{date}</span> <span>阅读 10.2万</span></div>
<p class="tip">点击下方卡片关注示例财经，每天早上八点不见不散</p><div class="article-body">""",
        """</div><p class="disclaimer">免责声明：本文不构成投资建议，市场有风险，入市需谨慎。</p><div class="like"><a>点赞 326</a> <a>收藏</a> <a>转发</a></div></article>
<aside><h3>猜你喜欢</h3><ul><li>样例股价涨停，发生了什么</li><li>三十岁前要懂的十个道理</li><li>这座样例小城火了</li></ul></aside>
<footer>关于我们　广告合作　招聘　举报电话 000-0000</footer>""",
    ),
    "hk": (
        """<a class="skip" href="#main">跳至主要內容</a><div class="bar">字型大小 <a>A</a> <a>A</a> <a>A</a>　<a>简</a> <a>ENG</a></div>
<nav><ul><li><a>主頁</a></li><li><a>關於我們</a></li><li><a>資料中心</a></li><li><a>常見問題</a></li></ul></nav>
<main id="main"><h1>{title}</h1><p class="date">發布日期：{date}</p><div class="content">""",
        """</div></main><div class="qr">二維碼：以手機掃描瀏覽本頁</div>
<footer><a>版權告示</a> | <a>免責聲明</a> | 最近修訂日期：2024年6月12日</footer>""",
    ),
    "digi": (
        """<header><a href="/">{site}</a><nav><a>Home</a> <a>Translations</a> <a>Projects</a> <a>Events</a> <a>About</a></nav></header>
<div class="container"><h1 class="entry-title">{title}</h1><div class="byline">Published {date} by {origin}</div>
<div class="share">Share this page: <a>Email</a> <a>Print</a></div><div class="entry-content">""",
        """</div></div><aside><h3>Related posts</h3><ul><li><a>Five things to know about the sample rule</a></li><li><a>Event recap: sample panel</a></li></ul>
<p>Subscribe to our sample newsletter</p></aside>
<footer>Cookie settings · Contact · Terms of use</footer>""",
    ),
    "en-news": (
        """<header><nav><a>China</a> <a>World</a> <a>Business</a> <a>Sports</a> <a>Photos</a></nav></header>
<div class="trend">Trending now: sample pandas, sample weather, sample football</div>
<article><h1>{title}</h1><p class="source">Source: {origin} | {date}</p><div id="detailContent">""",
        """</div></article><div class="cta">Sign up for alerts and never miss a sample story</div>
<div class="social">Follow us on social media</div><footer>All rights reserved sample</footer>""",
    ),
    "us-gov": (
        """<div class="usa-banner">Official websites use the sample domain</div><header><nav><a>Topics</a> <a>Publications</a> <a>News</a>
<a>Careers</a></nav><input placeholder="Search"></header><main><h1>{title}</h1><div class="pub-meta">{date} | {origin}</div><section class="body">""",
        """</section></main><div class="feedback">Was this page helpful? <button>Yes</button> <button>No</button></div>
<footer><a>Privacy policy</a> <a>Site map</a> <a>Accessibility</a></footer>""",
    ),
}


def html_page(source: Source, *, charset: str) -> str:
    """The whole page: head, clutter of its template, the document, clutter. `charset` is what the page declares."""
    page = source.meta["page"]
    head, foot = TEMPLATES[source.meta["template"]]
    title = source.meta.get("page_title") or next(block.text for block in source.blocks if block.kind == "title")
    fields = {"title": escape(title), "site": escape(page["site"]), "date": page["date"], "origin": escape(page["source"])}
    language = {"zh-Hans": "zh-CN", "zh-Hant": "zh-HK", "en": "en"}[source.truth["lang"]]
    blocks = source.blocks if "page_title" in source.meta else _without_first_title(source.blocks)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="{charset}">\n'
        f"<title>{fields['title']}_{fields['site']}</title>\n"
        "<style>.nav a{color:#333}.footer{font-size:12px}</style>\n"
        '<script>var site={"pv":1};function share(t){window.open("/share?t="+t);}</script>\n</head>\n<body>\n'
        f"{head.format(**fields)}\n{_body(blocks)}\n{foot.format(**fields)}\n"
        '<script src="/js/stat.js"></script>\n</body>\n</html>\n'
    )


def _without_first_title(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    first = next(number for number, block in enumerate(blocks) if block.kind == "title")
    return blocks[:first] + blocks[first + 1 :]


def _body(blocks: tuple[Block, ...]) -> str:
    parts: list[str] = []
    for block in blocks:
        text = escape(block.text)
        if block.kind == "row":
            cells = "".join(f"<td>{escape(cell)}</td>" for cell in block.cells)
            parts.append(f"<tr>{cells}</tr>")
        elif block.kind == "title":
            parts.append(f'<p align="center" style="text-align:center"><strong style="font-size:18pt">{text}</strong></p>')
        elif block.kind in ("heading", "subheading"):
            parts.append(f'<p style="text-indent:2em"><strong>{text}</strong></p>')
        elif block.kind == "line":
            parts.append(f'<p align="center" style="text-align:center">{text}</p>')
        else:
            parts.append(f'<p style="text-indent:2em">{text}</p>')
    html = "\n".join(parts)
    return html.replace("</p>\n<tr>", "</p>\n<table border=1>\n<tr>").replace("</tr>\n<p", "</tr>\n</table>\n<p")
