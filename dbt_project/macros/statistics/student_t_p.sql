{#-
    How often chance alone gives a |t| as large or larger: the two-sided p-value of Student's t, as a DOUBLE. DuckDB has no
    such function.

    With x = √ν tan θ the density is proportional to cos^(ν−1) θ on a finite interval, whose whole integral is
    √π Γ(ν/2) / Γ((ν+1)/2) (M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 6.2.1 and 26.7.1). It is
    taken from arctan(|t|/√ν) on by Simpson's rule in 128 steps, up to π/2 or to where less than 10^-30 is left.
-#}
{% macro student_t_p(t, degrees) -%}
    {%- set from = 'atan(abs(' ~ t ~ ') / sqrt(' ~ degrees ~ '))' -%}
    {%- set step = '(least(pi() / 2, ' ~ from ~ ' + 12 / sqrt(' ~ degrees ~ ')) - ' ~ from ~ ') / 128' -%}
    least(
        1,
        2 * exp(lgamma(({{ degrees }} + 1) / 2) - lgamma({{ degrees }} / 2)) / sqrt(pi()) * {{ step }} / 3
        * list_sum(list_transform(
            range(129),
            lambda i: pow(greatest(0, cos({{ from }} + i * {{ step }})), {{ degrees }} - 1)
            * case when i in (0, 128) then 1 when i % 2 = 1 then 4 else 2 end
        ))
    )
{%- endmacro %}
