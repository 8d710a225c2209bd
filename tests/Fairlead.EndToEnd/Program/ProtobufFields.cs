using Google.Protobuf;

namespace Fairlead.EndToEnd.Program;

/// <summary>A message of a .proto that is not ours, as its fields; only those with bytes are kept.</summary>
public sealed class ProtobufFields
{
    private readonly List<(int Number, ByteString Bytes)> _fields = [];

    private ProtobufFields(ByteString message)
    {
        var input = message.CreateCodedInput();
        while (input.ReadTag() is > 0 and var tag)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                _fields.Add((WireFormat.GetTagFieldNumber(tag), input.ReadBytes()));
            else
                input.SkipLastField();
        }
    }

    public static ProtobufFields Of(byte[] message) => new(ByteString.CopyFrom(message));

    /// <summary>The messages found by following field numbers from this one.</summary>
    public IEnumerable<ProtobufFields> At(params int[] path) =>
        path.Length == 0
            ? [this]
            : All(path[0]).SelectMany(bytes => new ProtobufFields(bytes).At(path[1..]));

    public string Text(int number) => All(number).FirstOrDefault()?.ToStringUtf8() ?? "";

    public string Hex(int number) => Convert.ToHexStringLower(All(number).FirstOrDefault(ByteString.Empty).Span);

    private IEnumerable<ByteString> All(int number) =>
        _fields.Where(field => field.Number == number).Select(field => field.Bytes);
}
