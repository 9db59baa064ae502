"""What can be wrong with a file that is to become a source. The docstrings are what staff read."""

from knowledge.errors import PocketError


class SourceError(PocketError):
    """この資料は取り込めませんでした。ファイルを確かめて、もう一度お試しください。"""


class SourceMissingError(SourceError):
    """ファイルが見つからないか、開けません。場所と名前、読み取りの権限を確かめてください。"""


class SourceChangedError(SourceError):
    """読み取りの途中でファイルが変わりました。保存が終わってから、もう一度追加してください。"""


class EmptySourceError(SourceError):
    """ファイルの中身が空(0バイト)です。保存し直してから、もう一度追加してください。"""


class SourceTooLargeError(SourceError):
    """ファイルが大きすぎます。章ごとに分けるなどして、上限より小さくしてから追加してください。"""


class UnsupportedSourceError(SourceError):
    """この形式には対応していません。PDF、Word(.docx)、Excel(.xlsx)、CSV、HTML、Markdown、テキストにして追加してください。"""


class UnreadableEncodingError(SourceError):
    """文字コードを判別できないか、途中の文字が壊れています。UTF-8で保存し直してから追加してください。"""


class EncryptedPdfError(SourceError):
    """パスワードで保護されたPDFです。保護を解除したPDFを追加してください。"""


class BrokenPdfError(SourceError):
    """PDFが壊れているか、PDFではありません。元のファイルからPDFを作り直して追加してください。"""


class BrokenOfficeError(SourceError):
    """WordやExcelのファイルとして開けません。壊れていないか確かめ、保存し直してから追加してください。"""


class EncryptedOfficeError(SourceError):
    """パスワードで保護されているか、古い形式(.doc、.xls)です。保護を外し、.docxか.xlsxで保存し直してください。"""


class HostileArchiveError(SourceError):
    """中身のしくみがふつうのファイルと違うため、開かずに中止しました。元のアプリで新しく保存し直してください。"""


class BrokenTableError(SourceError):
    """CSVの表として読めません。引用符の閉じ忘れなどを確かめ、Excelなどで保存し直してから追加してください。"""


class NoTextError(SourceError):
    """文字が1つも読み取れませんでした。画像だけのPDFなどは、文字を含む資料に作り直して追加してください。"""


class ExtractionTooSlowError(SourceError):
    """読み取りに時間がかかりすぎたため中止しました。ページを分けるなどして、小さくしてから追加してください。"""


class ExtractionTooHeavyError(SourceError):
    """読み取りに必要なメモリが多すぎるため中止しました。ファイルを分けるか、作り直してから追加してください。"""


class ExtractionFailedError(SourceError):
    """読み取りの途中で異常が起きたため中止しました。ファイルを作り直してから追加してください。"""
