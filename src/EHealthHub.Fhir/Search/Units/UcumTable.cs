using System.Collections.Frozen;
using System.Globalization;

namespace EHealthHub.Fhir.Search.Units;

/// <summary>One symbol: how many base units it is, and which.</summary>
internal sealed record UcumAtom(Scaled Factor, decimal Offset, (string Name, int Power)[] Powers, bool TakesPrefix);

/// <summary>
/// The units of UCUM that health care writes, by their case-sensitive symbols, defined as UCUM defines them. A line is: symbol; <c>*</c> where metric prefixes may stand before it; number; unit expression of symbols defined above.
/// A unit without a definition is a dimension of its own.
/// </summary>
internal static class UcumTable
{
    private const string Units = """
        m *; s *; g *; rad *; K *; C *; cd *
        10* 10; 10^ 10; [pi] 3.1415926535897932384626433833; % 1 10*-2; [ppth] 1 10*-3; [ppm] 1 10*-6; [ppb] 1 10*-9; [pptr] 1 10*-12
        mol * 6.0221367 10*23; sr * 1 rad2; Hz * 1 s-1; N * 1 kg.m/s2; Pa * 1 N/m2; J * 1 N.m; W * 1 J/s; A * 1 C/s; V * 1 J/C; F * 1 C/V; Ohm * 1 V/A; S * 1 Ohm-1; Wb * 1 V.s; T * 1 Wb/m2; H * 1 Wb/A
        lm * 1 cd.sr; lx * 1 lm/m2; Bq * 1 s-1; Gy * 1 J/kg; Sv * 1 J/kg
        deg 2 [pi].rad/360; gon 0.9 deg; ' 1 deg/60; '' 1 '/60
        l * 1 dm3; L * 1 dm3; ar * 100 m2; min 60 s; h 60 min; d 24 h; wk 7 d; a_t 365.24219 d; a_j 365.25 d; a_g 365.2425 d; a 1 a_j; mo_s 29.53059 d; mo_j 1 a_j/12; mo_g 1 a_g/12; mo 1 mo_j
        t * 1 Mg; bar * 1 10*5.Pa; u * 1.6605402 10*-24.g; eV * 1.60217733 10*-19.J; AU 149597.870691 Mm; pc * 3.085678 10*16.m
        [c] * 299792458 m/s; [h] * 6.6260755 10*-34.J.s; [k] * 1.380658 10*-23.J/K; [e] * 1.60217733 10*-19.C; [g] * 9.80665 m/s2; gf * 1 g.[g]
        Ky * 1 cm-1; Gal * 1 cm/s2; dyn * 1 g.cm/s2; erg * 1 dyn.cm; P * 1 dyn.s/cm2; Bi * 10 A; St * 1 cm2/s; Mx * 1 10*-8.Wb; G * 1 10*-4.T; Oe * 250 /[pi].A/m; Gb * 1 Oe.cm; sb * 1 cd/cm2; Lmb * 1 cd/cm2/[pi]; ph 1 10*-4.lx
        Ci * 37 10*9.Bq; R * 2.58 10*-4.C/kg; RAD * 100 erg/g; REM * 1 RAD
        [in_i] 2.54 cm; [ft_i] 12 [in_i]; [yd_i] 3 [ft_i]; [mi_i] 5280 [ft_i]; [fth_i] 6 [ft_i]; [nmi_i] 1852 m; [kn_i] 1 [nmi_i]/h; [sin_i] 1 [in_i]2; [sft_i] 1 [ft_i]2; [syd_i] 1 [yd_i]2; [cin_i] 1 [in_i]3; [cft_i] 1 [ft_i]3; [cyd_i] 1 [yd_i]3
        [mil_i] 1 10*-3.[in_i]; [hd_i] 4 [in_i]; [ft_us] 1200 m/3937; [in_us] 1 [ft_us]/12; [yd_us] 3 [ft_us]; [mi_us] 5280 [ft_us]; [acr_us] 43560 [ft_us]2; [mil_us] 1 10*-3.[in_us]
        [gal_us] 231 [in_i]3; [qt_us] 1 [gal_us]/4; [pt_us] 1 [qt_us]/2; [gil_us] 1 [pt_us]/4; [foz_us] 1 [gil_us]/4; [fdr_us] 1 [foz_us]/8; [min_us] 1 [fdr_us]/60; [tbs_us] 1 [foz_us]/2; [tsp_us] 1 [tbs_us]/3; [cup_us] 16 [tbs_us]
        [gal_br] 4.54609 l; [qt_br] 1 [gal_br]/4; [pt_br] 1 [qt_br]/2; [gil_br] 1 [pt_br]/4; [foz_br] 1 [gil_br]/5
        [foz_m] 30 mL; [cup_m] 240 mL; [tsp_m] 5 mL; [tbs_m] 15 mL; [drp] 1 ml/20
        [gr] 64.79891 mg; [lb_av] 7000 [gr]; [oz_av] 1 [lb_av]/16; [dr_av] 1 [oz_av]/16; [stone_av] 14 [lb_av]; [lcwt_av] 112 [lb_av]; [scwt_av] 100 [lb_av]; [ston_av] 20 [scwt_av]; [pwt_tr] 24 [gr]; [oz_tr] 20 [pwt_tr]; [lb_tr] 12 [oz_tr]
        [sc_ap] 20 [gr]; [dr_ap] 3 [sc_ap]; [oz_ap] 8 [dr_ap]; [lb_ap] 12 [oz_ap]; [oz_m] 28 g; [car_m] 0.2 g; [lbf_av] 1 [lb_av].[g]
        m[H2O] * 9.80665 kPa; m[Hg] * 133.322 kPa; [in_i'H2O] 25.4 mm[H2O]; [in_i'Hg] 25.4 mm[Hg]; atm 101325 Pa; att 1 kgf/cm2; [psi] 1 [lbf_av]/[sin_i]
        [diop] 1 /m; [p'diop] 1; [mesh_i] 1 /[in_i]; [Ch] 1 mm/3; [PRU] 1 mm[Hg].s/ml; [wood'U] 1 mm[Hg].min/L; [MET] 3.5 mL/min/kg; [PNU]; [HPF] 1; [LPF] 100
        cal_[15] * 4.1858 J; cal_[20] * 4.1819 J; cal_m * 4.19002 J; cal_IT * 4.1868 J; cal_th * 4.184 J; cal * 1 cal_th; [Cal] 1 kcal_th; [Btu_IT] 1.05505585262 kJ; [Btu_th] 1.054350 kJ; [Btu] 1 [Btu_th]; [HP] 550 [ft_i].[lbf_av]/s
        osm * 1 mol; eq * 1 mol; g% * 1 g/dl; kat * 1 mol/s; U * 1 umol/min; [S] 1 10*-13.s; [D'ag'U]; [Amb'a'1'U]; B[SPL] *; B[V] *; B[mV] *; B[uV] *; B[10.nV] *; B[W] *; B[kW] *; B *; Np *; [pH]; bit_s; bit *; By * 8 bit; Bd * 1 /s
        [iU] *; [IU] * 1 [iU]; [arb'U]; [USP'U]; [GPL'U]; [MPL'U]; [APL'U]; [beth'U]; [anti'Xa'U]; [todd'U]; [dye'U]; [smgy'U]; [bdsk'U]; [ka'U]; [knk'U]; [mclg'U]; [tb'U]; [CCID_50]; [TCID_50]; [EID_50]; [PFU]; [FFU]; [CFU]; [IR]; [BAU]; [AU]
        [Lf]; [ELU]; [EU]; [FEU]; [GPS]; [hp_X]; [hp_C]; [hp_M]; [hp_Q]; [kp_X]; [kp_C]; sph 4 [pi].sr; [ly] 1 [c].a_j; b 100 fm2; circ 2 [pi].rad; [degR] 5 K/9
        """;

    private static readonly (string Symbol, int Exponent)[] Prefixes =
    [
        ("da", 1), ("Y", 24), ("Z", 21), ("E", 18), ("P", 15), ("T", 12), ("G", 9), ("M", 6), ("k", 3), ("h", 2),
        ("d", -1), ("c", -2), ("m", -3), ("u", -6), ("n", -9), ("p", -12), ("f", -15), ("a", -18), ("z", -21), ("y", -24),
    ];

    // While the table is being made, its lines find the symbols above them here.
    private static readonly Dictionary<string, UcumAtom> Atoms = Read();
    private static readonly FrozenDictionary<string, UcumAtom> Frozen = Atoms.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A symbol, with a metric prefix or without; null for what is none.</summary>
    internal static UcumAtom? Find(string symbol) => Find(Frozen, symbol);

    private static UcumAtom? Find(IReadOnlyDictionary<string, UcumAtom> atoms, string symbol)
    {
        if (atoms.TryGetValue(symbol, out var atom))
        {
            return atom;
        }

        foreach (var (prefix, exponent) in Prefixes)
        {
            if (symbol.StartsWith(prefix, StringComparison.Ordinal) && atoms.TryGetValue(symbol[prefix.Length..], out atom) && atom.TakesPrefix)
            {
                return atom with { Factor = atom.Factor * Scaled.Of(1, exponent) };
            }
        }

        return null;
    }

    private static Dictionary<string, UcumAtom> Read()
    {
        var atoms = new Dictionary<string, UcumAtom>(StringComparer.Ordinal);
        foreach (var line in Units.Split([';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = line.Split(' ');
            var takesPrefix = words.Length > 1 && words[1] == "*";
            var definition = words[(takesPrefix ? 2 : 1)..];
            atoms.Add(words[0], definition switch
            {
                [] => new UcumAtom(Scaled.One, 0, [(words[0], 1)], takesPrefix),
                [var number] => new UcumAtom(Number(number), 0, [], takesPrefix),
                [var number, var unit] => Defined(atoms, Number(number), unit, takesPrefix),
                _ => throw new InvalidOperationException($"{line} is no line of the table of units."),
            });
        }

        // Degrees, as they are read off a scale.
        var kelvin = atoms["K"];
        atoms.Add("Cel", kelvin with { Offset = 273.15m });
        atoms.Add("[degF]", kelvin with { Factor = Scaled.Of(5) / Scaled.Of(9), Offset = 459.67m, TakesPrefix = false });
        return atoms;
    }

    private static UcumAtom Defined(Dictionary<string, UcumAtom> atoms, Scaled number, string unit, bool takesPrefix)
    {
        var powers = new Dictionary<string, int>(StringComparer.Ordinal);
        var factor = number;
        var sign = 1;
        foreach (var component in unit.Replace("/", " / ", StringComparison.Ordinal).Replace(".", " ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (component == "/")
            {
                sign = -1;
                continue;
            }

            var at = component.Length;
            while (at > 0 && (char.IsAsciiDigit(component[at - 1]) || (component[at - 1] == '-' && at < component.Length)))
            {
                at--;
            }

            if (at == 0)
            {
                factor *= Number(component).Power(sign);
            }
            else
            {
                var atom = Find(atoms, component[..at]) ?? throw new InvalidOperationException($"The table of units uses {component} before it is defined.");
                var power = sign * (at == component.Length ? 1 : int.Parse(component.AsSpan(at), CultureInfo.InvariantCulture));
                factor *= atom.Factor.Power(power);
                foreach (var (name, exponent) in atom.Powers)
                {
                    powers[name] = powers.GetValueOrDefault(name) + (exponent * power);
                }
            }

            sign = 1;
        }

        return new UcumAtom(factor, 0, [.. powers.Where(p => p.Value != 0).Select(p => (p.Key, p.Value))], takesPrefix);
    }

    private static Scaled Number(string text) => Scaled.Of(decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture));
}
