using System.Text;
using Fairlead.Client.Api;
using Fairlead.Server.Records.Shared;

namespace Fairlead.Fuzz.Targets;

/// <summary>What replicas tell one another of their records, through the bucket and directly.</summary>
internal sealed class ReplicaRecords : IFuzzTarget
{
    private const string Manifest = """
        {"id":"0a","replica":"one","address":"http://10.0.0.5:80","tables":[{"name":"1-2-a-0","digest":"ab","size":7}]}
        """;

    public static string Name => "replica-records";

    public static IEnumerable<Type> Covers => [typeof(RecordManifest), typeof(FreshRecords), typeof(NotIncludedHeader)];

    public static IEnumerable<byte[]> Seeds =>
    [
        Encoding.UTF8.GetBytes(Manifest),
        Encoding.UTF8.GetBytes(
            $$"""{"manifest":{{Manifest}},"files":[{"source":"a","bytes":9},{"source":"b","bytes":0}]}"""),
        "one, tw%6f,%C3%A9"u8.ToArray(),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (NotIncludedHeader.Read(Encoding.UTF8.GetString(data)).Any(name => name.Length == 0))
            throw new InvalidOperationException("A replica without a name is missing.");
        try
        {
            if (!RecordManifest.Read(data).IsWhole)
                throw new InvalidOperationException("A list was taken that lacks a part.");
        }
        catch (InvalidDataException)
        {
            // Refused.
        }

        try
        {
            if (FreshRecords.Read(data).Files.Sum(file => file.Bytes) is < 0 or > ReplicaCalls.MaxBytes)
                throw new InvalidOperationException("An answer was taken that is too large.");
        }
        catch (InvalidDataException)
        {
            // Refused.
        }
    }
}
