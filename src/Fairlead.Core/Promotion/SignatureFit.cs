using Fairlead.Core.Models;

namespace Fairlead.Core.Promotion;

/// <summary>
/// Whether callers who are used to one signature can go on with another: whatever they send is still taken, and
/// whatever they read is still answered. Pure.
/// </summary>
public static class SignatureFit
{
    /// <summary>Everything that would break a caller, in words; nothing when they can go on.</summary>
    /// <param name="present">What they send and get.</param>
    /// <param name="next">What they would meet.</param>
    public static IEnumerable<string> Check(Signature present, Signature next)
    {
        foreach (var input in present.Inputs)
        {
            if (next.Inputs.FirstOrDefault(each => each.Name == input.Name) is not { } taken)
                yield return $"the input '{input.Name}', which callers send, is not taken any more";
            else if (WhyNot(input, taken) is { } why)
                yield return $"the input '{input.Name}' {why}";
            else if (input.Optional && !taken.Optional)
                yield return $"the input '{input.Name}', which callers may leave out, is asked for";
        }

        foreach (var added in next.Inputs)
        {
            if (!added.Optional && present.Inputs.All(each => each.Name != added.Name))
                yield return $"the input '{added.Name}', which callers do not send, is asked for";
        }

        foreach (var output in present.Outputs)
        {
            if (next.Outputs.FirstOrDefault(each => each.Name == output.Name) is not { } given)
                yield return $"the output '{output.Name}', which callers get, is not given any more";
            else if (WhyNot(output, given) is { } why)
                yield return $"the output '{output.Name}' {why}";
        }
    }

    private static string? WhyNot(TensorSpec present, TensorSpec next)
    {
        if (present.Type != next.Type)
            return $"would be {next.Type.WireName()}, not {present.Type.WireName()}";
        var fits = present.Shape.Length == next.Shape.Length;
        for (var i = 0; fits && i < present.Shape.Length; i++)
            fits = next.Shape[i] < 0 || next.Shape[i] == present.Shape[i];
        if (!fits)
            return $"would have the shape [{string.Join(',', next.Shape)}], not [{string.Join(',', present.Shape)}]";

        // Rows name the columns; in another order they are the same, for tensors they are not.
        if (!present.Fields.SequenceEqual(next.Fields))
        {
            return $"would have the columns {string.Join(", ", next.Fields.Take(20))}, not "
                + string.Join(", ", present.Fields.Take(20));
        }

        return present.Kind == next.Kind ? null : $"would be {next.Kind}, not {present.Kind}";
    }
}
