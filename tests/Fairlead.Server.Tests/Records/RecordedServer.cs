using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Server.Records;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Records;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Records;

/// <summary>Puts records into a server's log as its data plane would.</summary>
internal static class RecordedServer
{
    /// <summary>Makes an endpoint with a <c>log:</c> whose subject is the unit.</summary>
    public static async Task<EndpointInfo> LoggedAsync(this TestServer server, string name)
    {
        if ((await server.Client.ListModelsAsync()).Items.Count == 0)
            await server.RegisterAsync("m");
        return await server.Client.PutEndpointAsync(name, new PutEndpointRequest
        {
            Unit = "header:x-user",
            Variants = [new VariantRequest { Name = "a", Model = "m", Version = 1 }],
            Log = new LogInfo { Subject = "unit" },
        });
    }

    /// <summary>Writes a file of the append log: a record a unit, its income the length of the unit's name.</summary>
    public static async Task RecordAsync(this TestServer server, int endpoint, string name, params string[] units)
    {
        var log = server.Services.GetRequiredService<RecordLog>();
        var key = await server.Services.GetRequiredService<IRecordKey>().ReadAsync(CancellationToken.None);
        var schema = new RecordSchema
        {
            Id = 1,
            EndpointNumber = endpoint,
            Endpoint = name,
            Generation = 1,
            Arm = "a",
            Model = "m",
            Version = 1,
            Columns =
            [
                new("input_income", false, 0, 0, RecordLayout.PerRow, ElementType.Float32, FieldTreatment.Keep),
            ],
        };
        Directory.CreateDirectory(log.Folder);
        var opened = (TimeProvider.System.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks)
            / TimeSpan.TicksPerMicrosecond;
        await using var file = File.Create(Path.Combine(log.Folder, $"{opened:D17}{RecordLog.Extension}"));
        file.Write(SegmentForm.Head());
        file.Write(SegmentForm.Frame(schema));
        foreach (var (i, unit) in units.Index())
            file.Write(Frame(key, unit, opened + i));
    }

    public static Task RollAsync(this TestServer server) =>
        server.Services.GetRequiredService<RecordStore>().RollAsync(CancellationToken.None);

    private static byte[] Frame(byte[] key, string unit, long at)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(new byte[SegmentForm.FrameHead]);
        writer.Write(SegmentForm.RecordKind);
        writer.Write(1);
        writer.Write((short)0);
        writer.Write(at);
        writer.Write(70u);
        writer.Write(1u);
        writer.Write(30u);
        writer.Write((byte)1);
        writer.Write(Encoding.ASCII.GetBytes(unit.PadLeft(43, '-')));
        var text = Encoding.UTF8.GetBytes(unit);
        writer.Write((byte)1);
        writer.Write(text.Length);
        writer.Write(text);
        var hash = new byte[KeyedHash.Length];
        KeyedHash.Write(key, text, hash);
        writer.Write(1);
        writer.Write(hash);
        writer.Write((byte)1);
        writer.Write(1);
        writer.Write(1);
        writer.Write((float)unit.Length);
        writer.Flush();
        var frame = bytes.ToArray();
        SegmentForm.Seal(frame);
        return frame;
    }
}
