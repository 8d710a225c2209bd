using System.Globalization;
using System.Text;
using Fairlead.ErrorRates.Rules;

namespace Fairlead.ErrorRates.Report;

/// <summary>How figures are written in tables.</summary>
internal static class Cells
{
    public static void Row(StringBuilder table, params string[] cells) =>
        table.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");

    public static string ClaimOf(StopRule rule) => ClaimOf(rule.Claim, rule.Level);

    public static string ClaimOf(Claim claim, double level) => claim switch
    {
        Claim.Equal => FormattableString.Invariant($"= {level}"),
        Claim.AtMost => FormattableString.Invariant($"≤ {level}"),
        _ => "none",
    };

    public static string Rate(double rate, bool borneOut) => Number(rate, "F4") + (borneOut ? "" : " (**broken**)");

    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
