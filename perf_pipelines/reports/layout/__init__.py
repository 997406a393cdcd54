"""How a report looks: its blocks as a page (HTML), a workbook (XLSX) and a document (PDF). Knows no mart."""
