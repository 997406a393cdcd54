{{ contributions_during(source('control', 'period')) }}
