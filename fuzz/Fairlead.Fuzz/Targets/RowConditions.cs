using System.Text;
using Fairlead.Core.Controls;
using Fairlead.Core.Refusals;

namespace Fairlead.Fuzz.Targets;

/// <summary>Conditions of rules: what is read ends, and says the same when it is read again.</summary>
internal sealed class RowConditions : IFuzzTarget
{
    public static string Name => "row-conditions";

    public static IEnumerable<Type> Covers => [typeof(ConditionReader)];

    public static IEnumerable<byte[]> Seeds =>
    [
        "amount > 5000"u8.ToArray(),
        "a >= -1.5e3 and (b == \"x\" or not c) or `d e` in (1, 'y', true)"u8.ToArray(),
        "a is missing and b is not missing and c != 'it\\'s'"u8.ToArray(),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        try
        {
            var condition = RowCondition.Parse(Encoding.UTF8.GetString(data));
            var row = new TwoFields();
            var holds = condition.Holds(row);
            if (RowCondition.Parse(condition.Text).Holds(row) != holds)
                throw new InvalidOperationException("A condition read twice says two things.");
        }
        catch (RefusalException refused) when (refused.Refusals[0].Code == "invalid_condition")
        {
            // Not a condition.
        }
    }

    /// <summary>A row whose first field is a number and whose second is a text.</summary>
    private readonly struct TwoFields : IRowValues
    {
        public bool TryNumber(int field, out double value)
        {
            value = 1;
            return field == 0;
        }

        public bool TryText(int field, out ReadOnlySpan<byte> utf8)
        {
            utf8 = field == 1 ? "x"u8 : default;
            return field == 1;
        }
    }
}
