using System.Runtime.InteropServices;
using System.Text;
using Fairlead.Core.Controls;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Facts;

namespace Fairlead.Serving.Predict;

/// <summary>
/// The answers of an arm without a model, compiled for the version that answers stable's callers: requests are read by
/// that version's signature, so that one which the model would refuse is refused here as well. Else the two groups of
/// callers would not be alike.
/// </summary>
public sealed class ControlArm
{
    private readonly Cell[][] _sets;
    private readonly Rule[] _rules;

    /// <summary>Compiles an answer.</summary>
    /// <param name="answer">A checked answer.</param>
    /// <param name="stable">The signature of the stable version.</param>
    public ControlArm(ControlAnswer answer, Signature stable)
    {
        Answer = answer;
        Reads = stable;
        Signature = new Signature(
            stable.Inputs, answer.Kind == ControlKind.None ? [] : ControlRules.OutputsOf(answer, stable));
        var fields = RowFieldPlace.Of(stable);
        _sets = answer.Kind == ControlKind.None
            ? []
            : [.. ControlRules.Sets(answer).Select(set => Signature.Outputs
                .Select(output => Cell.Of(set.First(value => value.Output == output.Name).Value)).ToArray())];
        _rules = [.. answer.Rules.Select(rule => new Rule(rule.When, [.. rule.When.Fields.Select(
            field => fields.TryGetValue(field, out var place) ? place : Nowhere)]))];
    }

    /// <summary>What it was made of.</summary>
    public ControlAnswer Answer { get; }

    /// <summary>By which requests are read.</summary>
    public Signature Reads { get; }

    /// <summary>The same inputs, and the outputs that the arm has.</summary>
    public Signature Signature { get; }

    /// <summary>A field that a newer version does not take any more is missing in every row.</summary>
    private static RowFieldPlace Nowhere { get; } = new(-1, 0, 1, ElementType.String);

    /// <summary>Fills the outputs, one value a row; allocates nothing once the tensors have grown.</summary>
    public void Write(TensorSet inputs, int rows, TensorSet outputs)
    {
        Span<long> shape = stackalloc long[Tensor.MaxRank];
        for (var i = 0; i < Signature.Outputs.Length; i++)
        {
            var output = Signature.Outputs[i];
            shape.Fill(1);
            shape[0] = rows;
            outputs[i].Reset(output.Type, shape[..output.Shape.Length]);
        }

        for (var row = 0; row < rows && _sets.Length > 0; row++)
        {
            var set = _sets[Choose(inputs, row)];
            for (var i = 0; i < set.Length; i++)
                set[i].Write(outputs[i], row);
        }
    }

    /// <summary>The set of values of a row: 0 is the default, then one for each rule.</summary>
    private int Choose(TensorSet inputs, int row)
    {
        for (var i = 0; i < _rules.Length; i++)
        {
            if (_rules[i].When.Holds(new TensorRow(inputs, _rules[i].Places, row)))
                return i + 1;
        }

        return 0;
    }

    private sealed record Rule(RowCondition When, RowFieldPlace[] Places);

    /// <summary>One value, ready to be copied.</summary>
    private sealed record Cell(double Number, byte[] Utf8)
    {
        public static Cell Of(ScalarValue value) => new(value.Number, Encoding.UTF8.GetBytes(value.Text));

        public void Write(Tensor to, int row)
        {
            switch (to.Type)
            {
                case ElementType.String:
                    to.AddString(Utf8);
                    break;
                case ElementType.Float32:
                    to.As<float>()[row] = (float)Number;
                    break;
                case ElementType.Float64:
                    to.As<double>()[row] = Number;
                    break;
                case ElementType.Int64:
                    to.As<long>()[row] = (long)Number;
                    break;
                case ElementType.UInt64:
                    to.As<ulong>()[row] = (ulong)Number;
                    break;
                default:
                    WriteSmall(to, row, (long)Number);
                    break;
            }
        }

        /// <summary>The types of at most four bytes are the low bytes of a number, little end first.</summary>
        private static void WriteSmall(Tensor to, int row, long number)
        {
            var size = to.Type.Size();
            var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in number));
            bytes[..size].CopyTo(to.Bytes[(row * size)..]);
        }
    }

    /// <summary>One row of the inputs as conditions see it.</summary>
    private readonly ref struct TensorRow(TensorSet inputs, RowFieldPlace[] places, int row) : IRowValues
    {
        public bool TryNumber(int field, out double value)
        {
            var place = places[field];
            value = double.NaN;
            if (place.Input < 0 || place.Type == ElementType.String || !TryPlace(place, out var tensor, out var index))
                return false;
            value = TensorText.Number(tensor, index);
            return !double.IsNaN(value);
        }

        public bool TryText(int field, out ReadOnlySpan<byte> utf8)
        {
            var place = places[field];
            utf8 = default;
            if (place.Input < 0 || place.Type != ElementType.String || !TryPlace(place, out var tensor, out var index))
                return false;

            // A missing text is an empty one: tensors know no other.
            utf8 = tensor.StringAt(index);
            return !utf8.IsEmpty;
        }

        private bool TryPlace(in RowFieldPlace place, out Tensor tensor, out int index)
        {
            tensor = inputs[place.Input];
            index = (row * place.Width) + place.Column;
            return tensor.Present && index < tensor.ElementCount;
        }
    }
}
