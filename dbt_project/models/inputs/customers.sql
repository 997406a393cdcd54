{{ company_input() }}
