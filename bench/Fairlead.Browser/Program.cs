using System.Globalization;
using System.Text.Json;
using Fairlead.Browser;

// What a viewer of the console waits for, told as JSON by a real browser; bench/measure/console.py words it.
if (args.Length < 3 || !Uri.TryCreate(args[1], UriKind.Absolute, out var server))
    return Usage();
var count = args.Length > 3 && int.TryParse(args[3], CultureInfo.InvariantCulture, out var given) ? given : 1;
await using var viewer = await Viewer.StartAsync(server, args[2]);
switch (args[0])
{
    case "first":
        Say(await FirstPage.MeasureAsync(viewer, count));
        return 0;
    case "endpoints":
        Say(await LongLists.EndpointsAsync(viewer));
        return 0;
    case "runs" when args.Length > 3:
        Say(await LongLists.RunsAsync(viewer, args[3]));
        return 0;
    case "open":
        await viewer.OpenAsync(count);
        Say(new { open = count });
        await Console.In.ReadLineAsync();
        return 0;
    default:
        return Usage();
}

static void Say(object what) => Console.WriteLine(JsonSerializer.Serialize(what, JsonSerializerOptions.Web));

static int Usage()
{
    Console.Error.WriteLine("fairlead-browser first URL KEY ROUNDS | endpoints URL KEY | runs URL KEY EXPERIMENT | "
        + "open URL KEY COUNT");
    return 2;
}
