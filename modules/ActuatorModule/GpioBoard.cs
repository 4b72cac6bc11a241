using System.Device.Gpio;
using System.Device.Gpio.Drivers;

namespace EdgeModules.Actuating;

/// <summary>The lines of the board that the process runs on, by the character devices <c>/dev/gpiochipN</c> and the system's libgpiod.</summary>
public sealed class GpioBoard : IBoard
{
    public ILine Open(GpioLine line, bool isOn)
    {
        GpioController? controller = null;
        try
        {
            controller = new GpioController(new LibGpiodDriver(line.Chip));
            controller.OpenPin(line.Line, PinMode.Output, LevelOf(line, isOn));
            return new Opened(controller, line);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The driver throws whatever its native library meets: the library is absent, the chip is, the line is taken.
            controller?.Dispose();
            throw new LineException($"The line {line} cannot be opened: {error.Message}", error);
        }
    }

    private static PinValue LevelOf(GpioLine line, bool isOn) => isOn != line.ActiveLow ? PinValue.High : PinValue.Low;

    private sealed class Opened(GpioController controller, GpioLine line) : ILine
    {
        public void Set(bool isOn)
        {
            try
            {
                controller.Write(line.Line, LevelOf(line, isOn));
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                throw new LineException($"The line {line} cannot be set: {error.Message}", error);
            }
        }

        public void Dispose() => controller.Dispose();
    }
}
