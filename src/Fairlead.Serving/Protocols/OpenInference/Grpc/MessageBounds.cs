using System.Buffers;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>
/// Counts the parts of an encoded ModelInferRequest before it is parsed. Two bytes of a message can become an
/// object of a hundred bytes, so that a body within its limit could still take gigabytes once it is parsed.
/// </summary>
internal static class MessageBounds
{
    private const int LengthDelimited = 2;

    /// <summary>
    /// Throws <see cref="RequestException"/> when a message has too many parts. What cannot be walked is left to the
    /// parser, which says what is wrong with it.
    /// </summary>
    public static void Check(in ReadOnlySequence<byte> message)
    {
        var counts = default(Counts);
        var reader = new SequenceReader<byte>(message);
        while (TryReadField(ref reader, out var field, out var body))
        {
            switch (field)
            {
                case 4:
                    counts.Parameters++;
                    break;
                case 5:
                    counts.Inputs++;
                    CountInput(body, ref counts);
                    break;
                case 6:
                    counts.Outputs++;
                    CountFields(body, 2, ref counts.Parameters);
                    break;
                case 7:
                    counts.Raw++;
                    break;
            }

            counts.ThrowAbove();
        }
    }

    private static void CountInput(in ReadOnlySequence<byte> input, ref Counts counts)
    {
        var reader = new SequenceReader<byte>(input);
        while (TryReadField(ref reader, out var field, out var body))
        {
            if (field == 4)
                counts.Parameters++;
            else if (field == 5)
                CountFields(body, 8, ref counts.Strings);
        }
    }

    private static void CountFields(in ReadOnlySequence<byte> message, uint wanted, ref int count)
    {
        var reader = new SequenceReader<byte>(message);
        while (TryReadField(ref reader, out var field, out _))
        {
            if (field == wanted)
                count++;
        }
    }

    /// <summary>Reads one field; numbers are passed over and come out as field 0.</summary>
    private static bool TryReadField(ref SequenceReader<byte> reader, out uint field, out ReadOnlySequence<byte> body)
    {
        field = 0;
        body = default;
        if (!TryReadVarint(ref reader, out var tag))
            return false;

        switch (tag & 7)
        {
            case 0:
                return TryReadVarint(ref reader, out _);
            case 1:
                return TrySkip(ref reader, sizeof(ulong));
            case 5:
                return TrySkip(ref reader, sizeof(uint));
            case LengthDelimited:
                field = (uint)(tag >> 3);
                return TryReadVarint(ref reader, out var length)
                    && length <= int.MaxValue
                    && reader.TryReadExact((int)length, out body);
            default:
                return false;
        }
    }

    private static bool TrySkip(ref SequenceReader<byte> reader, int bytes)
    {
        if (reader.Remaining < bytes)
            return false;
        reader.Advance(bytes);
        return true;
    }

    private static bool TryReadVarint(ref SequenceReader<byte> reader, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (!reader.TryRead(out var next))
                return false;
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return true;
        }

        return false;
    }

    private struct Counts
    {
        public int Parameters;
        public int Inputs;
        public int Outputs;
        public int Raw;
        public int Strings;

        public readonly void ThrowAbove()
        {
            if (Math.Max(Inputs, Math.Max(Outputs, Raw)) > RequestLimits.MaxMessageTensors)
                throw TooMany(RequestLimits.MaxMessageTensors, "tensors");
            if (Parameters > RequestLimits.MaxMessageParameters)
                throw TooMany(RequestLimits.MaxMessageParameters, "parameters");
            if (Strings > RequestLimits.MaxMessageStrings)
                throw TooMany(RequestLimits.MaxMessageStrings, "elements in bytes_contents; send raw_input_contents");
        }

        private static RequestException TooMany(int most, string what) =>
            new(PredictFailure.TooLarge, $"A request has at most {most} {what}.");
    }
}
